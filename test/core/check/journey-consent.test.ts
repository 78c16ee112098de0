import { expect, test } from 'vitest';
import { consentProblems } from '../../../core/check/journey-consent.ts';
import { type CheckIssue, reporter } from '../../../core/check/issues.ts';
import type { Journey } from '../../../core/schema/journey.ts';

const problems = (more: Partial<Journey>): string[] => {
  const issues: CheckIssue[] = [];
  consentProblems(
    { journey: 'x', start: { band: 'warm' }, steps: [{ send: 'a' }], ...more },
    reporter('journeys/x.yaml', issues),
  );
  return issues.map(({ path }) => path.join('.'));
};

test('a mail that leads with consent may come to is no problem', () => {
  expect(problems({})).toEqual([]);
  expect(problems({ for: { 'lead.consent': 'exists' } })).toEqual([]);
  expect(
    problems({
      steps: [{ if: { 'lead.consent': 'missing' }, then: [{ notify: 'sales' }], else: [{ send: 'a' }] }],
    }),
  ).toEqual([]);
  expect(
    problems({
      steps: [{ if: { any: [{ 'lead.consent': 'missing' }, { band: 'hot' }] }, then: [{ send: 'a' }] }],
    }),
  ).toEqual([]);
});

test.each<[string, Partial<Journey>, string[]]>([
  ['a segment of those who gave none', { for: { 'lead.consent': 'missing' } }, ['steps.0.send']],
  ['a start by what only they do', { start: { event: 'x', 'lead.consent': 'missing' } }, ['steps.0.send']],
  [
    'their way of an `if`',
    { steps: [{ if: { 'lead.consent': 'missing' }, then: [{ send: 'a' }] }] },
    ['steps.0.then.0.send'],
  ],
  [
    'the other way of an `if`',
    {
      steps: [
        { if: { 'lead.consent': 'exists' }, then: [{ exit: true }], else: [{ wait: '1d' }, { send: 'a' }] },
      ],
    },
    ['steps.0.else.1.send'],
  ],
  [
    'a way behind `not`',
    { steps: [{ if: { not: { 'lead.consent': 'exists' } }, then: [{ send: 'a' }] }] },
    ['steps.0.then.0.send'],
  ],
  [
    'a way inside `all`',
    { steps: [{ if: { all: [{ band: 'hot' }, { 'lead.consent': 'missing' }] }, then: [{ send: 'a' }] }] },
    ['steps.0.then.0.send'],
  ],
])('a mail on %s is told', (_, more, expected) => {
  expect(problems(more)).toEqual(expected);
});
