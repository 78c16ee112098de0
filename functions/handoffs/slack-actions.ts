import { accountHandoffMessage } from '../../core/accounts/slack-account.ts';
import type { AccountHandoff } from '../../core/accounts/account-handoff.ts';
import { answered } from '../../core/handoff/answer.ts';
import type { HandoffRecord } from '../../core/handoff/handoff.ts';
import { reasonsOf } from '../../core/handoff/reasons.ts';
import { handoffMessage, type SlackMessage } from '../../core/handoff/slack.ts';
import { isFromSlack, readSlackAction, type SlackAction } from '../../core/handoff/slack-action.ts';
import { type HttpAnswer, type HttpRequest, json } from '../http.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import { log } from '../log.ts';
import { inZone } from '../../core/mail/variables.ts';
import type { Post } from '../outbound/post.ts';
import { slackAccess } from '../outbound/secrets.ts';
import { pageOf } from './notify.ts';
import { respond, type RespondPorts } from './respond.ts';
import type { Standing } from './standing.ts';

export interface SlackActionPorts extends RespondPorts {
  readonly rulesets: Pick<RulesetParts, 'live' | 'handoff' | 'settings'>;
  readonly slackSecret: () => Promise<string>;
  readonly post: Post;
  readonly clock: { now(): number };
  /** Without a slash at the end. */
  readonly publicUrl: string;
  /** Whether a message may be replaced at an address that is not Slack's: of what stands in for it locally. */
  readonly localSlack: boolean;
}

const DONE: HttpAnswer = { status: 200, headers: { 'cache-control': 'no-store' } };

/** A button that was pressed in Slack: verified, decided once, and shown in the message that it stood in. */
export const slackAction = async (ports: SlackActionPorts, request: HttpRequest): Promise<HttpAnswer> => {
  const { signingSecret } = slackAccess(await ports.slackSecret());
  const now = ports.clock.now();
  if (signingSecret === null || !isFromSlack(request.headers, request.body, signingSecret, now))
    return json(401, { error: 'not signed by Slack' });
  const action = readSlackAction(payloadOf(request.body));
  // A link that was opened tells of itself, too.
  if (action === null) return DONE;
  const { ref, what, by, reason } = action;
  const after = await respond(ports, ref, (record) =>
    answered(record, { what, by, at: now, ...(reason === undefined ? {} : { reason }) }),
  );
  log.info('handoff answered', {
    [ref.of]: ref.id,
    entry: ref.entry,
    what,
    state: after?.record.state ?? 'gone',
  });
  if (after !== null) await show(ports, action, after);
  return DONE;
};

const payloadOf = (body: Buffer): unknown => {
  try {
    return JSON.parse(new URLSearchParams(body.toString('utf8')).get('payload') ?? 'null');
  } catch {
    return null;
  }
};

/** Replaces the message. The answer stands whether or not this works. */
const show = async (
  ports: SlackActionPorts,
  { responseUrl, ref }: SlackAction,
  { record, ref: where }: Standing,
): Promise<void> => {
  if (responseUrl === null || !(ports.localSlack || isSlacks(responseUrl))) return;
  const { rulesets, publicUrl } = ports;
  const rules = (await rulesets.handoff(record.ruleset)) ?? (await rulesets.handoff(await rulesets.live()));
  const { time_zone: timeZone = 'UTC' } = await rulesets.settings(record.ruleset);
  const links = {
    ref,
    page: pageOf(publicUrl, where),
    reasons: reasonsOf(rules),
    answer: null,
    at: (at: number) => inZone(at, timeZone),
  };
  const message: SlackMessage =
    'people' in record.brief
      ? accountHandoffMessage(record as AccountHandoff, links)
      : handoffMessage(record as HandoffRecord, links);
  const posted = await ports.post(responseUrl, {
    body: JSON.stringify({ replace_original: true, ...message }),
  });
  log.info('slack message replaced', { [ref.of]: ref.id, entry: ref.entry, ...posted });
};

const isSlacks = (url: string): boolean => {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' && (hostname === 'hooks.slack.com' || hostname === 'hooks.slack-gov.com');
};
