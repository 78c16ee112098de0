import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { AccountChange } from '../../../core/accounts/account-projection.ts';
import type { PersonKey, Scope } from '../../../core/identity/identity.ts';
import type { Change, Lead } from '../../../core/lead.ts';
import { parseMessage, type Message } from '../../../core/message/message.ts';
import type { Ruleset } from '../../../core/ruleset.ts';
import { tableAccounts } from '../../../functions/aws/accounts.ts';
import { tableIdentities } from '../../../functions/aws/identities.ts';
import { closeDoubles } from '../../../functions/handoffs/merged.ts';
import { tableStandings } from '../../../functions/handoffs/standing.ts';
import { tablePeople } from '../../../functions/journeys/people.ts';
import { tableLeads } from '../../../functions/aws/leads.ts';
import { tableQuarantine } from '../../../functions/aws/quarantine.ts';
import { queuedRollUps } from '../../../functions/aws/roll-ups.ts';
import { tableRolledUp } from '../../../functions/aws/rolled-up.ts';
import { tableRulesets } from '../../../functions/aws/rulesets.ts';
import { tableRefused } from '../../../functions/read/refused.ts';
import type { RolledUp, RollUps } from '../../../functions/ports.ts';
import type { Table } from '../../../functions/aws/table.ts';
import { finishErasure } from '../../../functions/erasing/erase.ts';
import { type Suppressions, tableSuppressions } from '../../../functions/mail/suppress.ts';
import { log } from '../../../functions/log.ts';
import { publishIn } from '../publishing/publisher.ts';
import { createScore, type BatchPorts } from '../../../functions/scoring/score-batch.ts';

log.setLogLevel('SILENT');

export const NOW = Date.parse('2026-05-14T12:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Pages 10 that fade, a form 40, and a title 20. */
export const ruleset: Ruleset = {
  settings: {},
  scores: {
    engagement: {
      score: 'engagement',
      limit: { min: 0, max: 100 },
      rules: {
        page: { why: 'Readers learn.', when: { event: 'page' }, points: 10, half_life: '14d', cap: 60 },
        form: { why: 'Who asks wants to know.', when: { event: 'Demo Booked' }, points: 40 },
      },
    },
    fit: {
      score: 'fit',
      rules: { title: { why: 'They decide.', when: { 'lead.title': 'CTO' }, points: 20 } },
    },
  },
  bands: {
    total: { sum: { engagement: 1, fit: 1 }, limit: { min: 0, max: 100 } },
    bands: { cold: 0, warm: 25, hot: { enter: 60, leave: 50 } },
    qualified: { band: ['hot'] },
  },
  journeys: {},
  emails: {},
};

const SHARDS = { due: 2, band: 2 };

export interface Product extends BatchPorts {
  readonly told: Change[];
  readonly toldOfAccounts: AccountChange[];
  /** Roll-ups that were asked for and have not begun. */
  readonly asked: { accountId: string; occasion: 'changed' | 'due' }[];
  readonly rolledUp: RolledUp;
  readonly rollUps: RollUps;
  readonly watchRescore: () => Promise<void>;
  readonly table: Table;
  readonly suppressions: Suppressions;
  readonly finishErasure: (leadId: string, hasTime: () => boolean) => Promise<boolean>;
  now: number;
  /** Sends messages as one queue record; answers what failed. */
  send(messages: readonly Message[], scope?: Scope): Promise<SQSBatchResponse>;
}

/** The ports over a real table, with a clock that stands and a bus that remembers. */
export const createProduct = async (table: Table, rules: Ruleset = ruleset): Promise<Product> => {
  const told: Change[] = [];
  const toldOfAccounts: AccountChange[] = [];
  const asked: Product['asked'] = [];
  const bus = {
    send: ({ input }: { input: { Entries: { Detail: string }[] } }) => {
      asked.push(...input.Entries.map(({ Detail }) => JSON.parse(Detail) as Product['asked'][number]));
      return Promise.resolve({ FailedEntryCount: 0 });
    },
  };
  const clock = { now: () => product.now };
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
  const handoffs = tableStandings(table, tablePeople(table));
  await publishIn(table, rules, () => NOW);
  const product: Product = {
    told,
    toldOfAccounts,
    asked,
    now: NOW,
    clock,
    pause,
    leads: tableLeads(table, SHARDS),
    rolledUp: tableRolledUp(table, SHARDS),
    watchRescore: () => Promise.resolve(),
    table,
    suppressions: tableSuppressions(table),
    finishErasure: async (leadId, hasTime) => (await finishErasure(product, leadId, hasTime)) !== null,
    rollUps: queuedRollUps(table, { client: bus as unknown as EventBridgeClient, name: 'bus' }, clock),
    identities: tableIdentities(table, pause),
    closeDoubles: (leadId) => closeDoubles(handoffs, leadId, product.now),
    rulesets: tableRulesets(table, clock),
    accounts: tableAccounts(table, clock),
    quarantine: tableQuarantine(table),
    changes: {
      publish: (changes) => {
        for (const change of changes)
          if ('leadId' in change) told.push(change);
          else toldOfAccounts.push(change);
        return Promise.resolve(new Set(changes.map(({ changeId }) => changeId)));
      },
    },
    send: (messages, scope = 'server') => {
      const detail = { key: { scope }, receivedAt: product.now, messages };
      return invoke(product, [{ source: 'kindling.ingest', 'detail-type': 'kindling.messages', detail }]);
    },
  };
  return product;
};

/** Gives bus events to the handler as records `r0`, `r1`, … of one batch. */
export const invoke = (ports: BatchPorts, events: readonly unknown[]): Promise<SQSBatchResponse> => {
  const Records = events.map((event, index) => ({
    messageId: `r${index}`,
    body: JSON.stringify(event),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: '0' },
  }));
  return createScore(ports)({ Records } as unknown as SQSEvent, {} as never);
};

let made = 0;

/** A message as ingest hands it on. @param at UTC milliseconds */
export const message = (fields: Readonly<Record<string, unknown>>, at = NOW): Message => {
  made += 1;
  const parsed = parseMessage(
    { messageId: `m${made}`, timestamp: new Date(at).toISOString(), type: 'page', ...fields },
    { receivedAt: at },
  );
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.message;
};

let ids = 0;

/** An id that nobody has had. */
export const fresh = (name: string): string => `${name}-${++ids}`;

/** The lead that holds a key, followed to its survivor. */
export const leadOf = async (
  { identities, leads }: Pick<Product, 'identities' | 'leads'>,
  kind: PersonKey['kind'],
  value: string,
): Promise<Lead> => {
  const holders = await identities.holders([{ kind, value }], true);
  let lead = await leads.read(holders.get(`${kind}#${value}`)?.owners.at(-1)?.lead ?? '');
  while (lead?.into !== undefined) lead = await leads.read(lead.into);
  if (lead === null) throw new Error(`nobody holds ${kind} ${value}`);
  return lead;
};

/** The reasons of all that was refused on the day of `NOW`. */
export const quarantined = async (table: Table): Promise<string[]> => {
  const reasons: string[] = [];
  for (const { reason } of await tableRefused(table).newest(NOW, NOW - DAY, 1_000)) reasons.push(reason);
  return reasons;
};
