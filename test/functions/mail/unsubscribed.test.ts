import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LeadEvent } from '../../../core/event.ts';
import { suppressionHash, suppressionOfLead } from '../../../core/nurture/suppression.ts';
import { tableSuppressions } from '../../../functions/mail/suppress.ts';
import { heedingUnsubscribed } from '../../../functions/mail/unsubscribed.ts';
import { NOW, startTable, type TestTable } from '../nurture.ts';

let store: TestTable;
beforeAll(async () => {
  store = await startTable();
});
afterAll(() => store.stop());

const event = (more: Partial<LeadEvent> = {}): LeadEvent => ({
  id: 'x',
  occurredAt: NOW,
  type: 'track',
  name: 'email.unsubscribed',
  properties: {},
  ...more,
});
const hear = async (id: string, ...events: LeadEvent[]) => {
  const suppressions = tableSuppressions(store.table);
  const lead = { id, email: `${id}@now.example`, emails: [`${id}@old.example`] };
  await heedingUnsubscribed(suppressions)(lead, events);
  return Promise.all(
    [`${id}@now.example`, `${id}@old.example`]
      .map((email) => suppressionHash(email) ?? '')
      .concat(suppressionOfLead(id))
      .map((hash) => suppressions.preferences(hash)),
  );
};

test('another system’s unsubscription stops all mails to every address of the lead, and to later ones', async () => {
  expect(await hear('a', event())).toEqual(Array(3).fill({ all: 'unsubscribed', off: [] }));
});

test('one of a topic stops that topic', async () => {
  const said = await hear('b', event({ properties: { topic: 'newsletter' } }));
  expect(said).toEqual(Array(3).fill({ all: null, off: ['newsletter'] }));
});

test('what is not meant for us to read as a topic stops all', async () => {
  for (const [n, topic] of [7, '', { a: 1 }, 'x'.repeat(100)].entries())
    expect((await hear(`c${n}`, event({ properties: { topic } })))[0]?.all).toBe('unsubscribed');
});

test('other events, and those of machines, stop nothing', async () => {
  const nothing = Array(3).fill({ all: null, off: [] });
  expect(await hear('d', event({ name: 'email.opened' }), event({ suspected: 'bot' }))).toEqual(nothing);
  expect(await hear('e', event({ type: 'page' }))).toEqual(nothing);
});
