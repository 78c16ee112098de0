import { expect, test } from 'vitest';
import type { Lead } from '../../../core/lead.ts';
import { type JourneyPorts, listJourneys, type TakenEntry } from '../../../functions/read/journeys.ts';

const entry = (leadId: string, more: Partial<TakenEntry> = {}): TakenEntry => ({
  leadId,
  at: 1,
  running: false,
  qualifiedBefore: 0,
  ruleset: 'r',
  ...more,
});
const ports = (entries: readonly TakenEntry[], entered: Readonly<Record<string, number>>): JourneyPorts => ({
  journeys: {
    live: () => Promise.resolve('r'),
    journeys: (hash) =>
      Promise.resolve({
        a: {
          ...{ journey: 'a', start: { band: 'warm' }, hold_out: '10%' },
          steps: [{ wait: hash === 'older' ? '2d' : '1d' }],
        },
      }),
  },
  taken: { newest: (_, limit) => Promise.resolve(entries.slice(0, limit)) },
  directory: {
    read: (ids) =>
      Promise.resolve(ids.flatMap((id) => (id in entered ? [{ id, entry: entered[id] } as Lead] : []))),
  },
});

test('who is on the way, how others ended, and what came of it beside those who got nothing', async () => {
  const [view] = await listJourneys(
    ports(
      [
        entry('a', { running: true }),
        entry('b', { why: 'completed' }),
        entry('c', { why: 'goal', qualifiedBefore: 1 }),
        entry('d', { why: 'completed' }),
        entry('e', { heldOut: true }),
        entry('f', { heldOut: true, running: true }),
        entry('gone', { why: 'merged' }),
      ],
      { a: 0, b: 1, c: 2, d: 0, e: 0, f: 1 },
    ),
  );
  expect(view).toMatchObject({
    name: 'a',
    about: null,
    retired: false,
    holdOut: '10%',
    goals: [],
    stops: [],
  });
  expect(view?.counts).toEqual({
    since: 1,
    more: false,
    begun: 5,
    running: 1,
    at: { start: 1 },
    earlier: 0,
    ended: { completed: 2, goal: 1, merged: 1 },
    effect: { taken: { leads: 5, qualified: 2 }, heldOut: { leads: 2, qualified: 1 } },
  });
});

test('where those on the way came last, and how many finish an earlier version', async () => {
  const [view] = await listJourneys(
    ports(
      [
        entry('a', { running: true }),
        entry('b', { running: true, step: '1' }),
        entry('c', { running: true, step: '1', ruleset: 'same steps' }),
        entry('d', { running: true, step: '1', ruleset: 'older' }),
        entry('e', { step: '1', why: 'completed' }),
      ],
      {},
    ),
  );
  expect(view?.counts).toMatchObject({ running: 4, at: { start: 1, '1': 2 }, earlier: 1 });
});

test('of very many the newest are counted, and it says so', async () => {
  const many = Array.from({ length: 2_500 }, (_, n) => entry(`l${n}`, { at: 2_500 - n, why: 'completed' }));
  const [view] = await listJourneys(ports(many, {}));
  expect(view?.counts).toMatchObject({ begun: 2_000, more: true, since: 501 });
});

test('nobody yet', async () => {
  const [view] = await listJourneys(ports([], {}));
  expect(view?.counts).toMatchObject({ begun: 0, since: null, ended: {} });
});
