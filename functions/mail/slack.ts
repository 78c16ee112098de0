import * as z from 'zod/mini';
import type { AccountBrief } from '../../core/accounts/account-handoff.ts';
import { handoffEntry } from '../../core/nurture/claim.ts';
import { handoffMessage, type SlackMessage } from '../../core/handoff/slack.ts';
import { accountHandoffMessage } from '../../core/accounts/slack-account.ts';
import type { Handoffs } from '../handoffs/handoffs.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import { log } from '../log.ts';
import type { Claims, Settled } from './claims.ts';
import { type SendAnswer, Throttled } from './throttled.ts';
import { inZone } from './variables.ts';

export interface SlackPorts {
  readonly handoffs: Pick<Handoffs, 'find'>;
  readonly rulesets: Pick<RulesetParts, 'live' | 'settings'>;
  readonly claims: Claims;
  readonly accountHandoffs: Pick<Handoffs<AccountBrief>, 'find'>;
  readonly accountClaims: Claims;
  /** The webhook's address; null where Slack is not used. */
  readonly webhook: () => Promise<string | null>;
  readonly post: (address: string, message: SlackMessage) => Promise<Settled>;
  readonly clock: { now(): number };
  readonly invocation: () => string;
  readonly publicUrl: string;
}

const SlackTask = z.object({
  /** Of the two ids one is there. */
  leadId: z._default(z.nullable(z.string()), null),
  accountId: z._default(z.nullable(z.string()), null),
  entry: z.number(),
  step: z.string(),
  visit: z.number(),
});
type SlackTask = z.infer<typeof SlackTask>;

/** Tells a handoff to the owners' channel: at most once, whatever fails. */
export const createSlack =
  (ports: SlackPorts) =>
  async (input: unknown): Promise<SendAnswer> => {
    const task = z.parse(SlackTask, input);
    const { leadId, accountId, entry } = task;
    const settled = await tell(ports, task);
    log.info('slack', {
      ...(accountId === null ? { lead: leadId } : { account: accountId }),
      entry,
      outcome: settled.outcome,
    });
    if (settled.outcome === 'throttled') throw new Throttled('Slack asks for a pause');
    return { outcome: settled.outcome };
  };

/** A handoff on its way to Slack. */
interface Telling {
  readonly id: string;
  readonly claims: Claims;
  readonly message: SlackMessage;
  readonly isOpen: () => Promise<boolean>;
}

const tell = async (
  ports: SlackPorts,
  { leadId, accountId, entry, step, visit }: SlackTask,
): Promise<Settled> => {
  const webhook = await ports.webhook();
  if (webhook === null) return { outcome: 'skipped', reason: 'Slack is not used' };
  const telling =
    leadId !== null ? await ofLead(ports, leadId, entry) : await ofAccount(ports, accountId ?? '', entry);
  if (telling === null) return { outcome: 'stopped', reason: 'not open' };
  const { id, claims, message, isOpen } = telling;
  const name = { leadId: id, entry: handoffEntry(entry), step, visit };
  const note = {
    by: ports.invocation(),
    at: ports.clock.now(),
    journey: null,
    email: 'slack',
    subject: null,
  };
  const taken = await claims.take(name, note);
  if (taken !== 'mine') return { outcome: taken, reason: 'claimed before' };
  const settled: Settled = (await isOpen())
    ? await ports.post(webhook, message)
    : { outcome: 'stopped', reason: 'not open' };
  await claims.settle(name, note, settled);
  return settled;
};

const ofLead = async (ports: SlackPorts, id: string, entry: number): Promise<Telling | null> => {
  const { handoffs, rulesets, claims, publicUrl } = ports;
  const record = await handoffs.find(id, entry);
  if (record?.state !== 'open') return null;
  const { time_zone: timeZone } = await rulesets.settings(record.ruleset);
  const message = handoffMessage(record, `${publicUrl}/leads/${encodeURIComponent(id)}`, (at) =>
    inZone(at, timeZone ?? 'UTC'),
  );
  return { id, claims, message, isOpen: async () => (await handoffs.find(id, entry))?.state === 'open' };
};

const ofAccount = async (ports: SlackPorts, id: string, entry: number): Promise<Telling | null> => {
  const { accountHandoffs: handoffs, accountClaims: claims, publicUrl } = ports;
  const record = await handoffs.find(id, entry);
  if (record?.state !== 'open') return null;
  const message = accountHandoffMessage(record, `${publicUrl}/accounts/${encodeURIComponent(id)}`);
  return { id, claims, message, isOpen: async () => (await handoffs.find(id, entry))?.state === 'open' };
};
