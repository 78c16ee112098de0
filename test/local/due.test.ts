import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openClock } from '../../local/clock.ts';
import { createDue } from '../../local/due.ts';
import { type Clock, type Quiet, type Timed } from '../../local/service.ts';
import { START, standingClock } from './surroundings.ts';

/** Does things at instants; each takes a few turns, and may ask for another later. */
const worker = (
  clock: Clock,
  name: string,
  done: string[],
  instants: number[],
  follow = 0,
): Timed & Quiet => {
  let under = 0;
  const next = (): number | null => (instants.length === 0 ? null : Math.min(...instants));
  return {
    nextDue: next,
    busy: () => under > 0,
    runDue: (now) => {
      for (let at = next(); at !== null && at <= now; at = next()) {
        instants.splice(instants.indexOf(at), 1);
        const due = at;
        under++;
        setImmediate(() =>
          setImmediate(() => {
            done.push(`${due} at ${clock.now()} by ${name}`);
            if (follow > 0 && due % 2 === 0) instants.push(due + follow);
            under--;
          }),
        );
      }
    },
  };
};

describe('an advance', () => {
  test('runs everything due on the way at its own instant, in order, and what comes of it too', async () => {
    const instants = fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(instants, instants, async (ours, theirs) => {
        const clock = standingClock(0);
        const done: string[] = [];
        const workers = [worker(clock, 'a', done, [...ours], 7), worker(clock, 'b', done, [...theirs])];
        const due = createDue(clock, workers, workers);
        await due.advance(100);
        const expected = [...ours.filter((at) => at <= 100), ...theirs.filter((at) => at <= 100)];
        for (const at of ours) if (at % 2 === 0 && at + 7 <= 100) expected.push(at + 7);
        expect(clock.now()).toBe(100);
        expect(done.map((line) => Number(line.split(' ')[0]))).toEqual(
          expected.sort((left, right) => left - right),
        );
        for (const line of done) expect(line.split(' ')[0]).toBe(line.split(' ')[2]);
        due.stop();
      }),
      { numRuns: 30 },
    );
  });

  test('waits for the one before it', async () => {
    const clock = standingClock(0);
    const done: string[] = [];
    const one = worker(clock, 'a', done, [10, 30]);
    const due = createDue(clock, [one], [one]);
    await Promise.all([due.advance(20), due.advance(40)]);
    expect(done).toEqual(['10 at 10 by a', '30 at 30 by a']);
    due.stop();
  });
});

describe('a real clock', () => {
  test('runs what is due when its time comes', async () => {
    const clock: Clock = { now: Date.now, virtual: false, set: () => {}, goReal: () => {} };
    const done: string[] = [];
    const one = worker(clock, 'a', done, [Date.now() - 5, Date.now() + 30]);
    const due = createDue(clock, [one], [one]);
    due.changed();
    await expect.poll(() => done.length).toBe(2);
    await expect(due.advance(Date.now() + 1)).rejects.toThrow('Only a virtual clock');
    due.stop();
  });
});

describe('the clock', () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kindling-clock-'));
    file = join(dir, 'clock');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  test('is on disk before it says so, and goes on from there', () => {
    const clock = openClock(file, { mode: 'virtual', at: START });
    clock.set(START + 5);
    expect(readFileSync(file, 'utf8')).toContain(String(START + 5));
    clock.close();
    const again = openClock(file, { mode: 'virtual', at: START });
    expect(again.now()).toBe(START + 5);
    expect(() => again.set(START)).toThrow('Time does not go back.');
    again.close();
  });

  test('becomes real once, if it does not stand in the future', () => {
    const clock = openClock(file, { mode: 'virtual', at: START });
    clock.goReal();
    expect(clock.virtual).toBe(false);
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000);
    expect(() => clock.set(START + 1)).toThrow('Only a virtual clock can be set.');
    clock.close();
    const future = Date.now() + 86_400_000;
    const ahead = openClock(file, { mode: 'virtual', at: future });
    expect(() => ahead.goReal()).toThrow('ahead of the real one');
    ahead.close();
    expect(() => openClock(file, { mode: 'real' })).toThrow("The data folder's clock stands at");
  });

  test('that is damaged is not guessed', () => {
    writeFileSync(file, 'x');
    expect(() => openClock(file, { mode: 'real' })).toThrow('is damaged');
  });
});

test('a drowsy machine does everything at its instant, but what comes again and again once, at the end', async () => {
  const clock = standingClock(0);
  const done: string[] = [];
  const once = worker(clock, 'once', done, [10, 20, 95]);
  const ticks = worker(
    clock,
    'tick',
    done,
    Array.from({ length: 20 }, (_, n) => n * 5 + 3),
  );
  const due = createDue(clock, [once, ticks], [once, ticks], [ticks]);
  const there: number[] = [];
  await due.drowse(50, async () => {
    there.push(clock.now(), done.filter((line) => line.endsWith('once')).length);
    await new Promise((resolve) => setTimeout(resolve, 5));
    there.push(clock.now());
  });
  expect(there).toEqual([50, 2, 50]);
  expect(clock.now()).toBe(50);
  expect(done.filter((line) => line.endsWith('once'))).toEqual(['10 at 10 by once', '20 at 20 by once']);
  const ticked = done.filter((line) => line.endsWith('tick'));
  expect(ticked).toHaveLength(10);
  for (const line of ticked) expect(line).toContain(' at 50 ');
  due.stop();
});
