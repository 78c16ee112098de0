import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { readPlan } from '../../../cli/publish/terms.ts';
import { folder } from '../folder.ts';

const HASH = '0123456789abcdef';
const planned = (plan: object): ReturnType<typeof readPlan>['terms'] => {
  const file = join(folder({}), 'plan.json');
  writeFileSync(file, JSON.stringify({ base: HASH, head: HASH, ...plan }));
  return readPlan(file).terms;
};

test('what a plan lets a deploy start: handoffs of leads and of accounts, and leads that begin a journey', () => {
  const handoffs = { now: 3, perWeekBefore: 0, perWeekAfter: 1 };
  const mails = { now: 9, following: 4, begin: { now: 5 } };
  expect(planned({ handoffs, mails })).toEqual({ handoffs: 3, mails: 5 });
  expect(planned({ handoffs, mails, accounts: { handoffs: { now: 2 } } })).toEqual({ handoffs: 5, mails: 5 });
});

test('a plan that says nothing of them limits nothing', () => {
  expect(planned({})).toEqual({ handoffs: null, mails: null });
});
