import { expect, test } from 'vitest';
import {
  type Depended,
  journeyChanges,
  type OnTheWay,
  stepChanges,
} from '../../../core/check/journey-changes.ts';
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

/** So many leads before the first step of the journey as it was. */
const onIt = (leads: number, at: string = ''): OnTheWay => ({
  'warm-up': [{ version: '0a1b2c3d4e5f6a7b', journey: journey(), at: { [at]: leads } }],
});
const removed = (after: Journey, onTheWay: OnTheWay = null): string[] =>
  stepChanges(rules([journey()]), rules([after]), onTheWay).map(({ file, message }) => `${file} ${message}`);

test('what nobody on the way needs may come, go and change', () => {
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
  expect(told(rules([journey({ retired: true })]), rules([]), onIt(1))).toEqual([
    'journeys/warm-up.yaml `warm-up` is removed, and 1 lead is on the way through it still',
  ]);
});

test('what a step needs stays until the last lead is through', () => {
  const without = rules([journey({ steps: [{ wait: '1d' }] })], {
    emails: { case: mail },
    handoff: { default: HANDOFF.default },
  });
  expect(told(rules([journey()]), without, onIt(3))).toEqual([
    'emails/trial.mjml `trial` is removed, and 3 leads are on the way to a step of `warm-up` that needs it: keep it until they are through',
    'handoff.yaml `sales` is removed, and 3 leads are on the way to a step of `warm-up` that needs it: keep it until they are through',
    'handoff.yaml `crm` is removed, and 3 leads are on the way to a step of `warm-up` that needs it: keep it until they are through',
  ]);
  expect(told(rules([journey()]), without, onIt(0))).toEqual([]);
  expect(told(rules([journey()]), without)).toHaveLength(3);
});

const MEND =
  'keep it until they are through; or copy the journey under a new name without it, and set `retired: true` in this one; ' +
  'or let them finish as they began, with that step, by `--let-finish`';

test('a step that is removed is told with how many leads are before it or at it', () => {
  const without = journey({ steps: [{ send: 'trial' }, { wait: '5d' }, { webhook: 'crm' }] });
  expect(removed(without)).toEqual([
    `journeys/warm-up.yaml step 3 of \`warm-up\` (Tell sales) is removed, and leads may be before it or at it: ${MEND}`,
  ]);
  expect(removed(without, onIt(2, '2'))).toEqual([
    `journeys/warm-up.yaml step 3 of \`warm-up\` (Tell sales) is removed, and 2 leads are before it or at it of version 0a1b2c3d4e5f6a7b: ${MEND}`,
  ]);
  expect(removed(without, onIt(1, '3'))).toHaveLength(1);
  expect(removed(without, onIt(1, '3+'))).toEqual([]);
  expect(removed(without, {})).toEqual([]);
});

test('said to be meant so, it says what happens', () => {
  const [said] = stepChanges(
    rules([journey()]),
    rules([journey({ steps: [{ wait: '2d' }] })]),
    onIt(1),
    true,
  );
  expect(said?.message).toBe(
    'step 1 of `warm-up` (Send “trial”) is removed, and 1 lead is before it or at it of version 0a1b2c3d4e5f6a7b: they finish as they began, with that step',
  );
});

test('what an earlier change removed is not told again', () => {
  const oldest = journey({ steps: [{ send: 'case' }, ...journey().steps] });
  const onTheWay = { 'warm-up': [{ version: 'f'.repeat(16), journey: oldest, at: { '': 4 } }] };
  expect(removed(journey(), onTheWay)).toEqual([]);
  const next = journey({ steps: journey().steps.slice(1) });
  expect(removed(next, onTheWay)).toEqual([
    `journeys/warm-up.yaml step 2 of \`warm-up\` (Send “trial”) is removed, and 4 leads are before it or at it of version ffffffffffffffff: ${MEND}`,
  ]);
});
