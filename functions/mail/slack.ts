import * as z from 'zod/mini';
import { handoffEntry } from '../../core/claim.ts';
import { handoffMessage, type SlackMessage } from '../../core/slack.ts';
import type { Handoffs } from '../journeys/handoffs.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import { log } from '../log.ts';
import type { Claims, Settled } from './claims.ts';
import { type SendAnswer, Throttled } from './throttled.ts';
import { inZone } from './variables.ts';

export interface SlackPorts {
  readonly handoffs: Pick<Handoffs, 'find'>;
  readonly rulesets: Pick<RulesetParts, 'live' | 'settings'>;
  readonly claims: Claims;
  /** The webhook's address; null where Slack is not used. */
  readonly webhook: () => Promise<string | null>;
  readonly post: (address: string, message: SlackMessage) => Promise<Settled>;
  readonly clock: { now(): number };
  readonly invocation: () => string;
  readonly publicUrl: string;
}

const SlackTask = z.object({ leadId: z.string(), entry: z.number(), step: z.string(), visit: z.number() });

/** Tells a handoff to the owners' channel: at most once, whatever fails. */
export const createSlack =
  (ports: SlackPorts) =>
  async (input: unknown): Promise<SendAnswer> => {
    const { leadId, entry, step, visit } = z.parse(SlackTask, input);
    const settled = await tell(ports, leadId, entry, step, visit);
    log.info('slack', { lead: leadId, entry, outcome: settled.outcome });
    if (settled.outcome === 'throttled') throw new Throttled('Slack asks for a pause');
    return { outcome: settled.outcome };
  };

const tell = async (
  ports: SlackPorts,
  leadId: string,
  entry: number,
  step: string,
  visit: number,
): Promise<Settled> => {
  const { handoffs, rulesets, claims, publicUrl } = ports;
  const webhook = await ports.webhook();
  if (webhook === null) return { outcome: 'skipped', reason: 'Slack is not used' };
  const record = await handoffs.find(leadId, entry);
  if (record?.state !== 'open') return { outcome: 'stopped', reason: 'not open' };
  const { time_zone: timeZone } = await rulesets.settings(record.ruleset);
  const message = handoffMessage(record, `${publicUrl}/leads/${encodeURIComponent(leadId)}`, (at) =>
    inZone(at, timeZone ?? 'UTC'),
  );
  const name = { leadId, entry: handoffEntry(entry), step, visit };
  const note = {
    by: ports.invocation(),
    at: ports.clock.now(),
    journey: null,
    email: 'slack',
    subject: null,
  };
  const taken = await claims.take(name, note);
  if (taken !== 'mine') return { outcome: taken, reason: 'claimed before' };
  const stillOpen = (await handoffs.find(leadId, entry))?.state === 'open';
  const settled: Settled = stillOpen
    ? await ports.post(webhook, message)
    : { outcome: 'stopped', reason: 'not open' };
  await claims.settle(name, note, settled);
  return settled;
};
