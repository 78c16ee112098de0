import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import {
  erasedKey,
  handoffIndex,
  handoffKey,
  heldKey,
  journeyKey,
  mailKey,
  accountPk,
  morningKey,
  namedKey,
  takenKey,
  unsettledAttributes,
} from '../../../functions/aws/keys.ts';
import type { Item } from '../../../functions/aws/table.ts';
import { whoIs } from '../../../functions/handoffs/mornings.ts';
import { DAY, HOUR, leadOf, message, NOW, type Product } from '../scoring/product.ts';
import type { TestTable } from '../table.ts';

/** A person as the product knows one: everything that may name them says so. */
export interface Known {
  readonly lead: string;
  /** The lead that was merged into it. */
  readonly merged: string;
  readonly user: string;
  readonly email: string;
  readonly anonymous: readonly string[];
  /** Parts of texts of which none may be left. */
  readonly secrets: readonly string[];
  /** What was sent, as it came, so that it can come again. */
  readonly sent: readonly ReturnType<typeof message>[];
}

let round = 0;

/** Sends what makes a person known, and puts what the rest of the product would have put beside it. */
export const makeKnown = async ({ table }: TestTable, product: Product): Promise<Known> => {
  round += 1;
  const name = `zoe${round}x`;
  const user = `user-${name}`;
  const email = `${name}@gone.example`;
  const anonymous = [`browser-${name}-1`, `browser-${name}-2`];
  const account = `acct-${round}`;
  product.now = NOW;
  const sent = [
    message({ anonymousId: anonymous[0] }, NOW - 30 * HOUR),
    message({ userId: user, anonymousId: anonymous[1] }, NOW - 29 * HOUR),
    message({ type: 'group', userId: user, groupId: account, traits: { name: 'Gone Inc' } }, NOW - 28 * HOUR),
    message(
      { type: 'identify', userId: user, traits: { email, firstName: name, phone: `+46-${name}` } },
      NOW - 27 * HOUR,
    ),
    message({ type: 'track', event: 'Demo Booked', userId: user, properties: { note: name } }, NOW - HOUR),
    // The first browser turns out to be the same person: its lead is merged.
    message({ type: 'identify', userId: user, anonymousId: anonymous[0], traits: { email } }, NOW - HOUR / 2),
  ];
  for (const [index, each] of sent.entries()) {
    product.now = NOW + index;
    await product.send([each]);
  }
  const lead = (await leadOf(product, 'user', user)).id;
  const leads = [];
  for (const item of await all({ table })) if (item.into === lead) leads.push(String(item.pk).slice(5));
  const owner = { name: 'Nora', email: `nora${round}@seller.example` };
  const brief = { name, email };
  await table.put({
    ...mailKey(lead, 'e', 'welcome', '0'),
    subject: `Hello ${name}`,
    ...unsettledAttributes(NOW, 't', lead),
  });
  await table.put({
    ...handoffKey(lead, 1),
    ...handoffIndex(NOW, 1, lead),
    entry: 1,
    at: NOW,
    state: 'open',
    owner,
    brief,
  });
  const entry = { entry: 'e', change: 'c', version: 1, at: NOW, ruleset: 'r', running: true };
  await table.put({ ...journeyKey(lead, 'warm-up'), ...entry });
  await table.put({ ...takenKey('warm-up', NOW, lead), leadId: lead, ...entry });
  await table.put({ ...heldKey('lead', lead), of: 'lead', id: lead, entry: 1, deploy: 1, at: NOW });
  const people = [
    { leadId: lead, name, email },
    { leadId: 'another', name: 'Stays', email: 'stays@here.example' },
  ];
  const ofAccount = { entry: 1, at: NOW, state: 'open', owner, brief: { name: 'Gone Inc', people, more: 0 } };
  // One that it counts to by what it sends, and one by its address.
  for (const id of [account, `firm-${round}`])
    await table.put({
      ...handoffKey(id, 1, accountPk),
      ...handoffIndex(NOW, 1, id),
      ...ofAccount,
    });
  await table.put({ ...namedKey(lead, `firm-${round}`, 1), account: `firm-${round}`, entry: 1 });
  const toCall = [
    { leadId: lead, name, email },
    { leadId: 'another', name: 'Stays' },
  ];
  const accounts = [{ accountId: account, people: [name], changed: [`${name} looked`] }];
  await table.put({
    ...morningKey(whoIs(owner.email), '2026-05-14'),
    morning: { owner, at: NOW, leads: toCall, accounts },
  });
  const kept = { reason: 'event is missing', receivedAt: NOW - DAY, scope: 'server' } as const;
  await product.quarantine.put({
    ...kept,
    id: `a${round}`,
    raw: JSON.stringify({ type: 'track', userId: user, properties: { of: name } }),
  });
  await product.quarantine.put({
    ...kept,
    id: `b${round}`,
    raw: JSON.stringify({ type: 'track', userId: 'someone else' }),
  });
  return { lead, merged: leads[0] ?? '', user, email, anonymous, secrets: [name], sent };
};

/** Every item of the table. */
export const all = async ({ table }: Pick<TestTable, 'table'>): Promise<Item[]> => {
  const found: Item[] = [];
  let start: Record<string, never> | undefined;
  do {
    const page = await table.client.send(
      new ScanCommand({
        TableName: table.name,
        ConsistentRead: true,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    found.push(...(page.Items ?? []).map((item) => unmarshall(item)));
    start = page.LastEvaluatedKey as Record<string, never> | undefined;
  } while (start !== undefined);
  return found;
};

/** The items that still say something of these, keys and indexes included. */
export const traces = async (
  server: Pick<TestTable, 'table'>,
  secrets: readonly string[],
): Promise<string[]> =>
  (await all(server))
    .map((item) => JSON.stringify(item))
    .filter((text) => secrets.some((each) => text.includes(each)));

/** That it was written down, by whom. */
export const noted = async (server: Pick<TestTable, 'table'>, lead: string): Promise<Item[]> =>
  (await all(server)).filter(({ pk, lead: of }) => pk === erasedKey(0, '').pk && of === lead);
