import { afterAll, beforeAll, expect, test } from 'vitest';
import { USUAL_HOURS } from '../../../core/handoff/hours.ts';
import type { Colleague } from '../../../core/handoff/staff.ts';
import { tableTurns } from '../../../functions/handoffs/turns.ts';
import { NOW, startTable, type TestTable } from '../nurture.ts';

let store: TestTable;
beforeAll(async () => {
  store = await startTable();
});
afterAll(() => store.stop());

const members = ['Ida', 'Kim', 'Noor'].map((name): Colleague => ({
  name,
  email: `${name.toLowerCase()}@x.example`,
  team: 'nordic',
  work: { timeZone: 'UTC', hours: USUAL_HOURS, off: [] },
}));

test('handoffs at once take a turn each, asked for twice or not', async () => {
  const turns = tableTurns(store.table);
  const handoffs = Array.from({ length: 12 }, (_, n) => `h${n}`);
  const take = (handoff: string) => turns.take('nordic', handoff, members, NOW);
  const first = await Promise.all(handoffs.map(take));
  const again = await Promise.all(handoffs.map(take));
  expect(again.map(({ name }) => name)).toEqual(first.map(({ name }) => name));
  for (const { name } of members) expect(first.filter((each) => each.name === name)).toHaveLength(4);
});

test('a team without members is told as that', async () => {
  await expect(tableTurns(store.table).take('nobody', 'h', [], NOW)).rejects.toThrow('no members');
});
