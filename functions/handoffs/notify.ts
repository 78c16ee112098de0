import * as z from 'zod/mini';
import type { AccountBrief } from '../../core/accounts/account-handoff.ts';
import { accountHandoffMessage } from '../../core/accounts/slack-account.ts';
import type { HandoffRecord, HandoffRef } from '../../core/handoff/handoff.ts';
import { reasonsOf } from '../../core/handoff/reasons.ts';
import { handoffMessage, type SlackMessage } from '../../core/handoff/slack.ts';
import { accountCard, handoffCard, type TeamsMessage } from '../../core/handoff/teams-card.ts';
import { handoffEntry } from '../../core/nurture/claim.ts';
import type { Handoff, Notify } from '../../core/schema/handoff.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import { log } from '../log.ts';
import type { Claims, Settled } from '../mail/claims.ts';
import { type SendAnswer, Throttled } from '../mail/throttled.ts';
import { inZone } from '../../core/mail/variables.ts';
import { once, type OncePorts } from '../outbound/once.ts';
import type { Post } from '../outbound/post.ts';
import { slackAccess, teamsAddress } from '../outbound/secrets.ts';
import { settledBy } from '../outbound/settle.ts';
import { answerLinks } from './answer-links.ts';
import type { Handoffs } from './handoffs.ts';
import { isNote, noteFromJourney, type NotePorts } from './note.ts';

export interface NotifyPorts extends OncePorts, NotePorts {
  readonly handoffs: Pick<Handoffs, 'find'>;
  readonly accountHandoffs: Pick<Handoffs<AccountBrief>, 'find'>;
  readonly rulesets: Pick<RulesetParts, 'live' | 'settings' | 'handoff'>;
  readonly claims: Claims;
  readonly accountClaims: Claims;
  readonly slackSecret: () => Promise<string>;
  readonly teamsSecret: () => Promise<string>;
  readonly linkSecret: () => Promise<string>;
  readonly post: Post;
  /** Without a slash at the end. */
  readonly publicUrl: string;
}

const HandoffTask = z.object({
  channel: z.enum(['slack', 'teams']),
  /** Of the two ids one is there. */
  leadId: z._default(z.nullable(z.string()), null),
  accountId: z._default(z.nullable(z.string()), null),
  entry: z.number(),
  step: z.string(),
  visit: z.number(),
});
type HandoffTask = z.infer<typeof HandoffTask>;

/** Tells a team in Slack or Teams: of a handoff, or what a journey has to say. At most once, whatever fails. */
export const createNotify =
  (ports: NotifyPorts) =>
  async (input: unknown): Promise<SendAnswer> => {
    if (isNote(input)) return noteFromJourney(ports, input);
    const task = z.parse(HandoffTask, input);
    const { leadId, accountId, entry, channel } = task;
    const settled = await tell(ports, task);
    log.info('notify', {
      ...(accountId === null ? { lead: leadId } : { account: accountId }),
      entry,
      channel,
      outcome: settled.outcome,
      ...(settled.reason === undefined ? {} : { reason: settled.reason }),
    });
    if (settled.outcome === 'throttled') throw new Throttled(`${channel} asks for a pause`);
    return { outcome: settled.outcome };
  };

const STOPPED: Settled = { outcome: 'stopped', reason: 'not open' };

const tell = async (ports: NotifyPorts, task: HandoffTask): Promise<Settled> => {
  const { handoffs, accountHandoffs, claims, accountClaims, rulesets } = ports;
  const { leadId, accountId, entry, channel, step, visit } = task;
  const ref: HandoffRef =
    leadId !== null ? { of: 'lead', id: leadId, entry } : { of: 'account', id: accountId ?? '', entry };
  const known =
    ref.of === 'lead'
      ? { of: 'lead' as const, record: await handoffs.find(ref.id, entry) }
      : { of: 'account' as const, record: await accountHandoffs.find(ref.id, entry) };
  if (known.record?.state !== 'open') return STOPPED;
  const { record } = known;
  const rules = (await rulesets.handoff(record.ruleset)) ?? (await rulesets.handoff(await rulesets.live()));
  const name = channelOf(rules, record, channel);
  const made = await (channel === 'slack' ? slack : teams)(ports, { ...known, ref, rules } as Known, name);
  if (made === null) return { outcome: 'skipped', reason: `${channel} is not used` };
  return once(ports, {
    name: { leadId: ref.id, entry: handoffEntry(entry), step, visit },
    claims: ref.of === 'lead' ? claims : accountClaims,
    called: channel,
    journey: null,
    stays: async () => {
      const now = await (ref.of === 'lead' ? handoffs : accountHandoffs).find(ref.id, entry);
      return now?.state === 'open' ? null : STOPPED;
    },
    send: async () =>
      settledBy(await ports.post(made.address, { body: JSON.stringify(made.message) }), false),
  });
};

/** The channel that this handoff's team, else everybody, is told in; null for the default one. */
export const channelOf = (
  rules: Handoff | null,
  { team }: Pick<HandoffRecord, 'team'>,
  channel: keyof Notify,
): string | null =>
  (team === undefined ? undefined : rules?.teams?.[team]?.notify?.[channel]) ??
  rules?.notify?.[channel] ??
  null;

type Known = { readonly ref: HandoffRef; readonly rules: Handoff | null } & (
  | { readonly of: 'lead'; readonly record: HandoffRecord }
  | { readonly of: 'account'; readonly record: HandoffRecord<AccountBrief> }
);

interface Made<Message> {
  readonly address: string;
  readonly message: Message;
}

const slack = async (
  ports: NotifyPorts,
  known: Known,
  name: string | null,
): Promise<Made<SlackMessage> | null> => {
  const access = slackAccess(await ports.slackSecret());
  const address = access.channel(name);
  if (address === null) return null;
  const links = {
    ref: known.ref,
    reasons: reasonsOf(known.rules),
    ...(await linksOf(ports, known)),
  };
  const said = access.signingSecret === null ? links : { ...links, answer: null };
  return {
    address,
    message:
      known.of === 'lead' ? handoffMessage(known.record, said) : accountHandoffMessage(known.record, said),
  };
};

const teams = async (
  ports: NotifyPorts,
  known: Known,
  name: string | null,
): Promise<Made<TeamsMessage> | null> => {
  const address = name === null ? null : teamsAddress(await ports.teamsSecret(), name);
  if (address === null) return null;
  const links = await linksOf(ports, known);
  return {
    address,
    message: known.of === 'lead' ? handoffCard(known.record, links) : accountCard(known.record, links),
  };
};

const linksOf = async (ports: NotifyPorts, { ref, record }: Known) => {
  const { rulesets, publicUrl, clock } = ports;
  const { time_zone: timeZone } = await rulesets.settings(record.ruleset);
  return {
    page: pageOf(publicUrl, ref),
    answer: await answerLinks(ports, ref, record, clock.now()),
    at: (at: number) => inZone(at, timeZone ?? 'UTC'),
  };
};

/** The console's page of a handoff's lead or account. */
export const pageOf = (publicUrl: string, { of, id }: Pick<HandoffRef, 'of' | 'id'>): string =>
  `${publicUrl}/${of === 'lead' ? 'leads' : 'accounts'}/${encodeURIComponent(id)}`;
