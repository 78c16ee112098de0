import { type KeysAndAttributes, BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Holder, PersonKey } from '../../core/identity/identity.ts';
import { Upstream } from '../errors.ts';
import { keyName, type Identities } from '../ports.ts';
import { buriedKey, leadPk, NOTED_PREFIXES, notedKey, personKey } from './keys.ts';
import { type Condition, NEW, type Item, type Table } from './table.ts';

/** Keys that one request may ask for. */
const BATCH = 100;
const TRIES = 6;

/** Who holds which key, in the table. A holder is replaced only if it still is what was read: the text is compared. */
export const tableIdentities = (table: Table, pause: (attempt: number) => Promise<void>): Identities => ({
  holders: async (keys, consistent) => {
    const names = new Map(keys.map((key) => [personKey(key.kind, key.value).pk, key]));
    const buried = new Map(
      consistent ? keys.map((key) => [buriedKey(key.kind, key.value).pk, key] as const) : [],
    );
    const found = new Map<string, Holder>();
    const asked = [...names.keys(), ...buried.keys()].map((pk) => marshall({ pk, sk: 'ID' }));
    for (let at = 0; at < asked.length; at += BATCH) {
      let left: KeysAndAttributes | undefined = {
        Keys: asked.slice(at, at + BATCH),
        ConsistentRead: consistent,
      };
      for (let attempt = 1; left !== undefined; attempt += 1) {
        if (attempt > TRIES) throw new Upstream('the table left keys unread');
        if (attempt > 1) await pause(attempt - 1);
        const answer: Awaited<ReturnType<typeof get>> = await get(table, left);
        for (const raw of answer.items) {
          const [key, old] = [names.get(String(raw.pk)), buried.get(String(raw.pk))];
          if (key !== undefined) found.set(keyName(key), holderOf(raw));
          else if (old !== undefined && !found.has(keyName(old)))
            found.set(keyName(old), { ...holderOf(raw), buried: true });
        }
        left = answer.left;
      }
    }
    return found;
  },

  hold: (key, holder, was) =>
    table.put(
      { ...personKey(key.kind, key.value), ...packed(holder) },
      // Whoever takes a buried key up holds it as a new one, and knows from then on who held it before.
      was === null || was.buried ? NEW : unchanged(was),
    ),

  bury: async (key, holder, was) => {
    // The hash first: between the two the key leads to an erased lead, which refuses as well.
    await table.put({ ...buriedKey(key.kind, key.value), ...packed(holder) });
    return was.buried === true || table.remove(personKey(key.kind, key.value), unchanged(was));
  },

  note: async (leadId, { kind, value }) => {
    await table.put({ ...notedKey(leadId, kind, value) });
  },

  noted: async (leadId) => {
    const keys: PersonKey[] = [];
    for (const kind of ['anonymous', 'user', 'email'] as const) {
      const prefix = NOTED_PREFIXES[kind];
      const pages = table.query({
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        values: { ':pk': leadPk(leadId), ':prefix': prefix },
        ConsistentRead: true,
      });
      for await (const items of pages)
        keys.push(...items.map(({ sk }): PersonKey => ({ kind, value: String(sk).slice(prefix.length) })));
    }
    return keys;
  },
});

const get = async (
  table: Table,
  asked: KeysAndAttributes,
): Promise<{ items: Item[]; left: KeysAndAttributes | undefined }> => {
  const { Responses, UnprocessedKeys } = await table.client.send(
    new BatchGetItemCommand({
      RequestItems: { [table.name]: asked },
    }),
  );
  return {
    items: (Responses?.[table.name] ?? []).map((item) => unmarshall(item)),
    left: UnprocessedKeys?.[table.name],
  };
};

const unchanged = (was: Holder): Condition => ({
  expression: '#owners = :owners AND #scope = :scope',
  names: { '#owners': 'owners', '#scope': 'scope' },
  values: { ':owners': packed(was).owners, ':scope': was.scope },
});

const packed = ({ owners, scope }: Holder): { owners: string; scope: string } => ({
  owners: JSON.stringify(owners.map(({ lead, since }) => [lead, since])),
  scope,
});

const holderOf = (item: Item): Holder => ({
  owners: (JSON.parse(String(item.owners)) as [string, number][]).map(([lead, since]) => ({ lead, since })),
  scope: item.scope as Holder['scope'],
});
