import { createHash } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import * as z from 'zod/mini';
import type { AccountBrief } from '../../core/accounts/account-handoff.ts';
import type { HandoffRecord } from '../../core/handoff/handoff.ts';
import type { Json } from '../../core/json.ts';
import { handoffEntry, type MessageName } from '../../core/nurture/claim.ts';
import { addressOf, type People } from '../journeys/people.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import { log } from '../log.ts';
import type { Claims, Settled } from '../mail/claims.ts';
import { type SendAnswer, Throttled } from '../mail/throttled.ts';
import { once, type OncePorts } from '../outbound/once.ts';
import type { Post } from '../outbound/post.ts';
import { type WebhookAddress, webhookAddress } from '../outbound/secrets.ts';
import { settledBy } from '../outbound/settle.ts';
import type { Handoffs } from './handoffs.ts';
import { channelOf, pageOf } from './notify.ts';

export interface WebhookPorts extends OncePorts {
  readonly people: People;
  readonly handoffs: Pick<Handoffs, 'find'>;
  readonly accountHandoffs: Pick<Handoffs<AccountBrief>, 'find'>;
  readonly rulesets: Pick<RulesetParts, 'live' | 'handoff'>;
  readonly claims: Claims;
  readonly accountClaims: Claims;
  readonly secret: () => Promise<string>;
  readonly post: Post;
  /** Without a slash at the end. */
  readonly publicUrl: string;
}

const JourneyTask = z.object({
  action: z.literal('webhook'),
  leadId: z.string(),
  entry: z.string(),
  journey: z.string(),
  ruleset: z.string(),
  step: z.string(),
  visit: z.number(),
  webhook: z.string(),
});
const HandoffTask = z.object({
  leadId: z._default(z.nullable(z.string()), null),
  accountId: z._default(z.nullable(z.string()), null),
  entry: z.number(),
  step: z.string(),
  visit: z.number(),
});

/** Tells another product, a CRM mostly: of a handoff, or that a journey came by. At most once, whatever fails. */
export const createWebhook =
  (ports: WebhookPorts) =>
  async (input: unknown): Promise<SendAnswer> => {
    const fromJourney = z.safeParse(JourneyTask, input);
    const ready = fromJourney.success
      ? await ofJourney(ports, fromJourney.data)
      : await ofHandoff(ports, z.parse(HandoffTask, input));
    const settled = 'outcome' in ready ? ready : await deliver(ports, ready);
    log.info('webhook', {
      ...('name' in ready ? { id: ready.name.leadId, entry: ready.name.entry, step: ready.name.step } : {}),
      outcome: settled.outcome,
      ...(settled.reason === undefined ? {} : { reason: settled.reason }),
    });
    if (settled.outcome === 'throttled') throw new Throttled('the webhook asks for a pause');
    return { outcome: settled.outcome };
  };

interface Ready {
  readonly name: MessageName;
  readonly claims: Claims;
  readonly journey: string | null;
  readonly to: WebhookAddress;
  readonly type: string;
  readonly data: Json;
  readonly stays: () => Promise<Settled | null>;
}

const NOT_USED: Settled = { outcome: 'skipped', reason: 'no such webhook' };
const GONE: Settled = { outcome: 'stopped', reason: 'the lead is gone' };
const NOT_OPEN: Settled = { outcome: 'stopped', reason: 'not open' };

/**
 * Signs and posts it. The id is made of what the message is about, so that a receiver who said "later" and yet took it
 * knows it again.
 */
const deliver = (ports: WebhookPorts, ready: Ready): Promise<Settled> => {
  const { name, claims, journey, to, type, data, stays } = ready;
  return once(ports, {
    name,
    claims,
    called: 'webhook',
    journey,
    stays,
    send: async () => {
      const at = new Date(ports.clock.now());
      const id = `msg_${createHash('sha256')
        .update(JSON.stringify([name.leadId, name.entry, name.step, name.visit]))
        .digest('hex')
        .slice(0, 32)}`;
      const body = JSON.stringify({ type, timestamp: at.toISOString(), data });
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(to.secret).sign(id, at, body),
      };
      return settledBy(await ports.post(to.url, { body, headers }), true);
    },
  });
};

const ofJourney = async (
  ports: WebhookPorts,
  { leadId, entry, journey, step, visit, webhook }: z.infer<typeof JourneyTask>,
): Promise<Ready | Settled> => {
  const { people, publicUrl } = ports;
  const to = webhookAddress(await ports.secret(), webhook);
  if (to === null) return NOT_USED;
  const [lead, attributes] = await Promise.all([people.find(leadId), people.attributes(leadId)]);
  if (lead === null || lead.into !== undefined) return GONE;
  return {
    name: { leadId, entry, step: `${step}.webhook`, visit },
    claims: ports.claims,
    journey,
    to,
    type: 'journey.webhook',
    data: {
      journey,
      step,
      lead: {
        id: leadId,
        email: addressOf(lead, attributes),
        band: lead.standing?.band ?? null,
        url: pageOf(publicUrl, { of: 'lead', id: leadId }),
        attributes,
      },
    },
    stays: async () => {
      const now = await people.find(leadId);
      return now === null || now.into !== undefined ? GONE : null;
    },
  };
};

const ofHandoff = async (
  ports: WebhookPorts,
  { leadId, accountId, entry, step, visit }: z.infer<typeof HandoffTask>,
): Promise<Ready | Settled> => {
  const { handoffs, accountHandoffs, rulesets, publicUrl } = ports;
  const [of, id] = leadId !== null ? (['lead', leadId] as const) : (['account', accountId ?? ''] as const);
  const find = (): Promise<HandoffRecord | HandoffRecord<AccountBrief> | null> =>
    (of === 'lead' ? handoffs : accountHandoffs).find(id, entry);
  const record = await find();
  if (record?.state !== 'open') return NOT_OPEN;
  const rules = (await rulesets.handoff(record.ruleset)) ?? (await rulesets.handoff(await rulesets.live()));
  const name = channelOf(rules, record, 'webhook');
  const to = name === null ? null : webhookAddress(await ports.secret(), name);
  if (to === null) return NOT_USED;
  const { owner, team, at, brief, asked } = record;
  return {
    name: { leadId: id, entry: handoffEntry(entry), step, visit },
    claims: of === 'lead' ? ports.claims : ports.accountClaims,
    journey: null,
    to,
    type: asked === undefined || asked.length < 2 ? 'handoff.opened' : 'handoff.owner_changed',
    data: {
      handoff: `${of}/${id}/${entry}`,
      [of]: { id, url: pageOf(publicUrl, { of, id }), ...(brief as unknown as Record<string, Json>) },
      owner: { ...owner },
      team: team ?? null,
      openedAt: new Date(at).toISOString(),
    },
    stays: async () => ((await find())?.state === 'open' ? null : NOT_OPEN),
  };
};
