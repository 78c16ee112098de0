import type { AccountBrief } from '../../core/accounts/account-handoff.ts';
import type { HandoffBrief } from '../../core/handoff/brief.ts';
import type { HandoffRecord, HandoffRef } from '../../core/handoff/handoff.ts';
import {
  accountIdOf,
  accountPk,
  handoffIndex,
  handoffKey,
  HANDOFF_PREFIX,
  isLeadPk,
  leadIdOf,
  leadPk,
  NAMED_PREFIX,
} from '../aws/keys.ts';
import type { Item, Table } from '../aws/table.ts';
import type { People } from '../journeys/people.ts';

export type AnyRecord = HandoffRecord<HandoffBrief | AccountBrief>;

/** A handoff where it lies now: a merged lead's went with it to the survivor. */
export interface Standing {
  /** Whose it is now. */
  readonly ref: HandoffRef;
  /** What it is called for good, in events and links. */
  readonly name: HandoffRef;
  readonly sk: string;
  readonly record: AnyRecord;
}

/** Handoffs as those see them who change them. */
export interface Standings {
  find(ref: HandoffRef): Promise<Standing | null>;
  /** The one that is answered by this name: where a merge left one of two, that one. */
  answering(ref: HandoffRef): Promise<Standing | null>;
  /** All of a lead, wherever they came from. */
  all(leadId: string): Promise<readonly Standing[]>;
  /**
   * The newest of a lead, wherever it came from: one that sales has in hand, else of all its own and of those of accounts
   * that name it.
   */
  newest(leadId: string): Promise<Standing | null>;
  /** Whether its lead was merged, and the merge has yet to take it along. */
  moving(ref: HandoffRef): Promise<boolean>;
  /** Writes it if nobody has since it was read; false: someone was first. */
  write(before: Standing, next: AnyRecord): Promise<boolean>;
}

/** Merges that may stand one behind the other. */
const HOPS = 20;

/** Without what only the table needs. */
export const recordOf = (item: Item): AnyRecord => {
  const { pk: _pk, sk: _sk, handoffPk: _index, handoffSk: _place, from: _from, ...record } = item;
  return record as unknown as AnyRecord;
};

/** What names the handoff that an item is, for good: what a merge took along keeps the name of whose it was. */
export const refOfItem = ({ pk, from, entry }: Item): HandoffRef =>
  isLeadPk(String(pk))
    ? { of: 'lead', id: typeof from === 'string' ? from : leadIdOf(String(pk)), entry: Number(entry) }
    : { of: 'account', id: accountIdOf(String(pk)), entry: Number(entry) };

const standingOf = (ref: HandoffRef, item: Item): Standing => ({
  ref,
  name: refOfItem(item),
  sk: String(item.sk),
  record: recordOf(item),
});

const newestOf = (some: readonly Standing[]): Standing | null =>
  some.toSorted((a, b) => a.record.at - b.record.at).at(-1) ?? null;

export const tableStandings = (table: Table, people: Pick<People, 'find'>): Standings => {
  const at = async (pk: string, sk: string): Promise<Item | null> => table.get({ pk, sk });
  const ofLead = async (ref: HandoffRef): Promise<Standing | null> => {
    const { sk } = handoffKey(ref.id, ref.entry);
    let id = ref.id;
    for (let hop = 0; hop < HOPS; hop += 1) {
      const lead = await people.find(id);
      // Erased: what lies there still is on its way out.
      if (lead === null) return null;
      if (lead.into === undefined) break;
      id = lead.into;
    }
    const own = await at(leadPk(id), sk);
    const isOurs = id === ref.id ? own?.from === undefined : own?.from === ref.id;
    const found = isOurs ? own : await at(leadPk(id), `${sk}~${ref.id}`);
    // Between the merge and its copies, the old one is all there is: nobody may write it.
    return found === null ? null : standingOf({ ...ref, id }, found);
  };
  const find: Standings['find'] = async (ref) => {
    if (ref.of === 'lead') return ofLead(ref);
    const { pk, sk } = handoffKey(ref.id, ref.entry, accountPk);
    const item = await at(pk, sk);
    return item === null ? null : standingOf(ref, item);
  };
  const under = async (leadId: string, prefix: string): Promise<readonly Item[]> => {
    const found: Item[] = [];
    const pages = table.query({
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      values: { ':pk': leadPk(leadId), ':prefix': prefix },
      ConsistentRead: true,
    });
    for await (const items of pages) found.push(...items);
    return found;
  };
  const all: Standings['all'] = async (leadId) =>
    (await under(leadId, HANDOFF_PREFIX)).map((item) =>
      standingOf({ of: 'lead', id: leadId, entry: Number(item.entry) }, item),
    );
  /** Those of accounts that name a lead. */
  const naming = async (leadId: string): Promise<readonly Standing[]> => {
    const found: Standing[] = [];
    for (const { account, entry } of await under(leadId, NAMED_PREFIX)) {
      const standing = await find({ of: 'account', id: String(account), entry: Number(entry) });
      if (standing !== null) found.push(standing);
    }
    return found;
  };
  return {
    find,
    all,
    answering: async (ref) => {
      let found = await find(ref);
      for (let hop = 0; hop < HOPS && found?.record.merged !== undefined; hop += 1)
        found = await find(found.record.merged.into);
      return found;
    },
    moving: async (ref) =>
      ref.of === 'lead' &&
      (await people.find(ref.id))?.into !== undefined &&
      (await at(leadPk(ref.id), handoffKey(ref.id, ref.entry).sk)) !== null &&
      (await ofLead(ref)) === null,
    newest: async (leadId) => {
      const own = (await all(leadId)).filter(({ record }) => record.merged === undefined);
      const inHand = own.filter(({ record }) => record.state !== 'closed');
      return newestOf(inHand.length > 0 ? inHand : [...own, ...(await naming(leadId))]);
    },
    write: async ({ ref, sk, record }, next) => {
      const pk = ref.of === 'lead' ? leadPk(ref.id) : accountPk(ref.id);
      const item = await at(pk, sk);
      if (item === null) return false;
      const unchanged =
        record.revision === undefined
          ? { expression: 'attribute_not_exists(#revision)', names: { '#revision': 'revision' } }
          : {
              expression: '#revision = :revision',
              names: { '#revision': 'revision' },
              values: { ':revision': record.revision },
            };
      // A merged lead's keeps its place in the index, by which it is known from the one that it was copied from.
      const { from, handoffPk, handoffSk } = item;
      const index =
        handoffSk === undefined ? handoffIndex(record.at, record.entry, ref.id) : { handoffPk, handoffSk };
      return table.put({ pk, sk, ...index, ...(from === undefined ? {} : { from }), ...next }, unchanged);
    },
  };
};
