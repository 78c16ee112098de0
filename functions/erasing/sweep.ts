import type { AccountBrief } from '../../core/accounts/account-handoff.ts';
import { askedOf, type HandoffRecord } from '../../core/handoff/handoff.ts';
import type { JourneyEntry } from '../../core/nurture/journey.ts';
import {
  accountPk,
  FIRST_EVENT,
  HANDOFF_PREFIX,
  heldKey,
  JOURNEY_PREFIX,
  type Key,
  leadPk,
  MAIL_PREFIX,
  morningPk,
  NAMED_PREFIX,
  SNAPSHOT,
} from '../aws/keys.ts';
import { entryOf } from '../aws/leads.ts';
import type { Item, Table } from '../aws/table.ts';
import { type KeptMorning, whoIs } from '../handoffs/mornings.ts';
import { tableEntries } from '../journeys/entries.ts';
import { inParallel } from '../parallel.ts';

/** Items removed at once. */
const AT_ONCE = 16;
const TRIES = 5;

/** What of a lead was removed. */
export interface Swept {
  readonly events: number;
  readonly mails: number;
  readonly handoffs: number;
  readonly journeys: number;
}
export const NOTHING: Swept = { events: 0, mails: 0, handoffs: 0, journeys: 0 };

/** What lies under a lead beside the lead itself, page by page. */
export async function* under(table: Table, leadId: string): AsyncGenerator<readonly Item[]> {
  for await (const items of table.query({
    KeyConditionExpression: 'pk = :pk',
    values: { ':pk': leadPk(leadId) },
    ConsistentRead: true,
  }))
    yield items.filter(({ sk }) => sk !== 'LEAD');
}

const begins =
  (prefix: string) =>
  ({ sk }: Item): boolean =>
    String(sk).startsWith(prefix);
const isEvent = (item: Item): boolean => begins(FIRST_EVENT)(item) && item.sk !== SNAPSHOT;

export const countsOf = (items: readonly Item[]): Swept => ({
  events: items.filter(isEvent).length,
  mails: items.filter(begins(MAIL_PREFIX)).length,
  handoffs: items.filter(begins(HANDOFF_PREFIX)).length,
  journeys: items.filter(begins(JOURNEY_PREFIX)).length,
});
export const added = (a: Swept, b: Swept): Swept => ({
  events: a.events + b.events,
  mails: a.mails + b.mails,
  handoffs: a.handoffs + b.handoffs,
  journeys: a.journeys + b.journeys,
});

/**
 * Removes all that lies under an erased lead, and what it led to elsewhere: the lead's name in handoffs of its accounts
 * and in morning mails. Each page is removed after what it leads to, so that a sweep that stopped finds the rest again.
 * @param account of which the lead was, if it was in one
 * @param hasTime asked before each page; once it says no, the sweep ends
 * @returns null where time did not suffice
 */
export const sweep = async (
  table: Table,
  leadId: string,
  account: string | null,
  at: number,
  hasTime: () => boolean,
): Promise<Swept | null> => {
  let counts = NOTHING;
  const left = new Set<string>();
  if (account !== null) await leaveAccount(table, leadId, account, left);
  for await (const items of under(table, leadId)) {
    if (!hasTime()) return null;
    for (const event of items.filter(isEvent).map((item) => entryOf(item).event))
      if (event.groupId !== undefined) await leaveAccount(table, leadId, event.groupId, left);
    for (const { account: named } of items.filter(begins(NAMED_PREFIX)))
      await leaveAccount(table, leadId, String(named), left);
    for (const item of items.filter(begins(JOURNEY_PREFIX))) await endJourney(table, leadId, item, at);
    for (const item of items.filter(begins(HANDOFF_PREFIX)))
      await leaveMornings(table, leadId, null, item as unknown as HandoffRecord);
    await inParallel(AT_ONCE, items, ({ pk, sk }) => table.remove({ pk, sk } as unknown as Key));
    counts = added(counts, countsOf(items));
  }
  await table.remove(heldKey('lead', leadId));
  return counts;
};

/** The journey's own list says how it ended: it is counted, and holds nothing but ids. */
const endJourney = (table: Table, leadId: string, { sk, ...item }: Item, at: number): Promise<void> =>
  tableEntries(table).end(
    leadId,
    String(sk).slice(JOURNEY_PREFIX.length),
    (item as unknown as JourneyEntry).entry,
    'erased',
    at,
  );

/** Takes the lead out of what was written down when its account was handed over. */
const leaveAccount = async (
  table: Table,
  leadId: string,
  accountId: string,
  left: Set<string>,
): Promise<void> => {
  if (left.has(accountId)) return;
  for await (const items of table.query({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    values: { ':pk': accountPk(accountId), ':prefix': HANDOFF_PREFIX },
    ConsistentRead: true,
  }))
    for (const item of items) await leaveHandoff(table, leadId, accountId, item);
  left.add(accountId);
};

const leaveHandoff = async (table: Table, leadId: string, accountId: string, found: Item): Promise<void> => {
  let item: Item | null = found;
  for (let attempt = 0; item !== null && attempt < TRIES; attempt += 1) {
    const { brief, revision } = item as unknown as HandoffRecord<AccountBrief>;
    const people = brief.people.filter((person) => person.leadId !== leadId);
    await leaveMornings(table, leadId, accountId, item as unknown as HandoffRecord<AccountBrief>);
    if (people.length === brief.people.length) return;
    const next: Item = { ...item, brief: { ...brief, people }, revision: (revision ?? 0) + 1 };
    const unchanged =
      revision === undefined
        ? { expression: 'attribute_not_exists(#revision)', names: { '#revision': 'revision' } }
        : {
            expression: '#revision = :revision',
            names: { '#revision': 'revision' },
            values: { ':revision': revision },
          };
    if (await table.put(next, unchanged)) return;
    item = await table.get({ pk: item.pk, sk: item.sk } as unknown as Key);
  }
  if (item !== null) throw new Error(`a handoff of account ${accountId} was written by others`);
};

/** Takes the lead out of the mornings of those who had it in hand: a kept one may still be sent. */
const leaveMornings = async (
  table: Table,
  leadId: string,
  accountId: string | null,
  record: Pick<HandoffRecord<unknown>, 'owner' | 'asked' | 'at'>,
): Promise<void> => {
  const owners = [record.owner, ...askedOf(record as HandoffRecord).map(({ owner }) => owner)];
  for (const who of new Set(owners.map(({ email }) => whoIs(email))))
    for await (const items of table.query({
      KeyConditionExpression: 'pk = :pk',
      values: { ':pk': morningPk(who) },
      ConsistentRead: true,
    }))
      for (const item of items) {
        const morning = item.morning as KeptMorning | undefined;
        if (morning === undefined) continue;
        const leads = morning.leads.filter((each) => each.leadId !== leadId);
        const accounts = (morning.accounts ?? []).map((each) =>
          // Names, and who did what, in words.
          each.accountId === accountId ? { ...each, people: [], changed: [] } : each,
        );
        await table.put({ ...item, morning: { ...morning, leads, accounts } });
      }
};
