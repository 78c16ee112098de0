import { expect, test } from 'vitest';
import { type Depended, journeyChanges, type OnTheWay } from '../../../core/check/journey-changes.ts';
import type { Handoff } from '../../../core/schema/handoff.ts';
import type { Journey } from '../../../core/schema/journey.ts';

const journey = (more: Partial<Journey> = {}): Journey => ({
  journey: 'warm-up',
  start: { band: 'warm' },
  steps: [{ send: 'trial' }, { wait: '2d' }, { notify: 'sales' }, { webhook: 'crm' }],
  ...more,
});
const mail = { subject: 'x', html: 'x', text: 'x' };
const HANDOFF: Handoff = {
  default: { name: 'Sales', email: 'sales@example.com' },
  teams: { sales: { members: [{ name: 'S', email: 's@example.com' }] } },
  channels: { webhook: ['crm'] },
};
const rules = (journeys: readonly Journey[], more: Partial<Depended> = {}): Depended => ({
  journeys: Object.fromEntries(journeys.map((each) => [each.journey, each])),
  emails: { trial: mail, case: mail },
  handoff: HANDOFF,
  ...more,
});
const told = (before: Depended, after: Depended, onTheWay: OnTheWay = null): string[] =>
  journeyChanges(before, after, onTheWay).map(({ file, message }) => `${file} ${message}`);

test('steps come, go and change: whoever is on the way finishes the version that they started', () => {
  const changed = journey({ steps: [{ wait: '9d' }, { send: 'case' }] });
  expect(told(rules([journey()]), rules([changed]))).toEqual([]);
  expect(told(rules([journey()]), rules([journey(), journey({ journey: 'new' })]))).toEqual([]);
});

test('a journey is retired before it is removed', () => {
  expect(told(rules([journey()]), rules([]))).toEqual([
    'journeys/warm-up.yaml `warm-up` is removed, and leads may be on the way through it: set `retired: true` first',
  ]);
  expect(told(rules([journey({ retired: true })]), rules([]))).toEqual([]);
});

test('where leads can be counted, one that nobody is on may go, and a retired one not before the last is through', () => {
  expect(told(rules([journey()]), rules([]), {})).toEqual([]);
  expect(told(rules([journey({ retired: true })]), rules([]), { 'warm-up': 1 })).toEqual([
    'journeys/warm-up.yaml `warm-up` is removed, and 1 lead is on the way through it still',
  ]);
});

test('what a step needs stays until the last lead is through', () => {
  const without = rules([journey({ steps: [{ wait: '1d' }] })], {
    emails: { case: mail },
    handoff: { default: HANDOFF.default },
  });
  expect(told(rules([journey()]), without, { 'warm-up': 3 })).toEqual([
    'emails/trial.mjml `trial` is removed, and 3 leads are on the way to a step of `warm-up` that needs it: keep it until they are through',
    'handoff.yaml `sales` is removed, and 3 leads are on the way to a step of `warm-up` that needs it: keep it until they are through',
    'handoff.yaml `crm` is removed, and 3 leads are on the way to a step of `warm-up` that needs it: keep it until they are through',
  ]);
  expect(told(rules([journey()]), without, { 'warm-up': 0 })).toEqual([]);
  expect(told(rules([journey()]), without)).toHaveLength(3);
});
