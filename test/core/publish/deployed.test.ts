import { expect, test } from 'vitest';
import { needsDeploy } from '../../../core/publish/deployed.ts';
import type { Ruleset } from '../../../core/ruleset.ts';
import { rules as addingUp } from '../../functions/accounts/company.ts';

const { accounts: _, ...plain } = addingUp;
const size = {
  score: 'size',
  rules: { large: { why: 'Money.', when: { 'account.employees': '>=500' }, points: 5 } },
};
const reading: Ruleset = { ...plain, scores: { ...plain.scores, size } };

test('what a stack has no function for is told', () => {
  expect(needsDeploy(plain, addingUp)).toEqual(['accounts.yaml is new']);
  expect(needsDeploy(reading, addingUp)).toEqual(['accounts.yaml is new']);
  expect(needsDeploy(plain, reading)).toEqual(['rules look at `account.*` for the first time']);
});
test('what it has is enough: publishing will do', () => {
  for (const [deployed, next] of [
    [addingUp, reading],
    [reading, plain],
    [reading, reading],
    [addingUp, { ...addingUp, scores: reading.scores }],
  ] as const)
    expect(needsDeploy(deployed, next)).toEqual([]);
});
