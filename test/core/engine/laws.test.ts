import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';

import { checkRules } from '../../../core/check/check.ts';
import { compile, type Engine } from '../../../core/engine/compile.ts';
import { type Evaluation } from '../../../core/evaluation.ts';
import { type LeadEvent } from '../../../core/event.ts';
import { type AccountHistory, type Snapshot } from '../../../core/history.ts';
import { type ScoreFile } from '../../../core/schema/score.ts';
import { histories, instants, rulesets } from '../plain/cases.ts';
import { type PlainRules } from '../plain/interpreter.ts';

const HOUR = 3_600_000;

const engineOf = (rules: PlainRules): Engine => {
  const { issues, ruleset } = checkRules([
    { file: 'settings.yaml', data: rules.settings },
    { file: 'bands.yaml', data: rules.bands },
    ...rules.scores.map((data) => ({ file: `scores/${String(data['score'])}.yaml`, data })),
  ]);
  expect(issues).toEqual([]);
  if (!ruleset) throw new Error('no ruleset');
  return compile({ ...ruleset, hash: 'laws' });
};

const accountOf = (events: readonly LeadEvent[]): { account?: AccountHistory } => {
  const about = events.filter(({ type }) => type === 'group');
  return about.length > 0 ? { account: { id: 'acme', events: about } } : {};
};

const standing = ({ band, grade, group, qualified }: Evaluation): object => ({
  band,
  grade,
  group,
  qualified,
});
/** A snapshot does not know the ids of the events that it stands for. */
const withoutIds = (evaluation: Evaluation): object => ({
  ...evaluation,
  contributions: evaluation.contributions.map((contribution) => ({ ...contribution, events: [] })),
});
const throughJson = (snapshot: Snapshot): Snapshot => JSON.parse(JSON.stringify(snapshot)) as Snapshot;

describe('whatever the rules and whatever happened', () => {
  test.prop([rulesets, histories, instants, fc.infiniteStream(fc.nat())], { numRuns: 400 })(
    'the order in which events arrive, and how often, changes nothing',
    (rules, events, now, chance) => {
      const engine = engineOf(rules);
      const once = [...new Map(events.map((event) => [event.id, event])).values()];
      const copies = once.flatMap((event) =>
        Number(chance.next().value) % 3 === 0 ? [event, event] : [event],
      );
      const shuffled = copies
        .map((event) => ({ event, order: Number(chance.next().value) }))
        .sort((a, b) => a.order - b.order)
        .map(({ event }) => event);
      expect(engine.evaluate({ events: shuffled, ...accountOf(shuffled) }, now)).toEqual(
        engine.evaluate({ events: once, ...accountOf(once) }, now),
      );
    },
  );

  test.prop([rulesets, histories, instants, fc.array(instants, { maxLength: 4 })], { numRuns: 600 })(
    'folding in any split of batches, at any watermarks, gives the same to the last bit as folding at once',
    (rules, events, now, marks) => {
      const engine = engineOf(rules);
      const watermarks = marks.filter((mark) => mark <= now).sort((a, b) => a - b);
      const once = [...new Map(events.map((event) => [event.id, event])).values()];
      const snapshot = watermarks.reduce<Snapshot | undefined>((last, mark) => {
        const tail = once.filter(({ occurredAt }) => occurredAt > (last?.watermark ?? -Infinity));
        return throughJson(
          engine.snapshot({ ...(last && { snapshot: last }), events: tail, ...accountOf(once) }, mark),
        );
      }, undefined);
      const tail = once.filter(({ occurredAt }) => occurredAt > (snapshot?.watermark ?? -Infinity));
      expect(
        withoutIds(engine.evaluate({ ...(snapshot && { snapshot }), events: tail, ...accountOf(once) }, now)),
      ).toEqual(withoutIds(engine.evaluate({ events: once, ...accountOf(once) }, now)));
    },
  );

  test.prop([rulesets, histories, instants], { numRuns: 300 })(
    'what happens later changes nothing of now',
    (rules, events, now) => {
      const engine = engineOf(rules);
      const once = [...new Map(events.map((event) => [event.id, event])).values()];
      const known = once.filter(({ occurredAt }) => occurredAt <= now);
      expect(engine.evaluate({ events: once, ...accountOf(once) }, now)).toEqual(
        engine.evaluate({ events: known, ...accountOf(once) }, now),
      );
    },
  );

  test.prop(
    [rulesets, histories, instants, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 })],
    {
      numRuns: 500,
    },
  )(
    'the next change is the instant at which the standing changes, and none is earlier',
    (rules, all, now, shares) => {
      const engine = engineOf(rules);
      const events = all.filter(({ occurredAt }) => occurredAt <= now);
      const at = (instant: number): Evaluation => engine.evaluate({ events, ...accountOf(events) }, instant);
      const here = at(now);
      const next = here.nextChange;
      const until = next?.at ?? now + 400 * 24 * HOUR;
      for (const share of shares) {
        const between = Math.floor(now + share * (until - 1 - now));
        expect(standing(at(between))).toEqual(standing(here));
        expect(at(between).nextChange).toEqual(next);
      }
      if (!next) return;
      expect(next.at).toBeGreaterThan(now);
      if (next.at - 1000 > now) expect(standing(at(next.at - 1000))).toEqual(standing(here));
      const { at: instant, ...then } = next;
      expect(standing(at(instant))).toEqual(then);
      expect(then).not.toEqual(standing(here));
    },
  );

  test.prop([rulesets, histories, instants], { numRuns: 500 })(
    'contributions add up to the scores, by groups, limits and manual points',
    (rules, events, now) => {
      const adjusted = events.some(({ name }) => name === 'score.adjusted');
      const { contributions, scores } = engineOf(rules).evaluate({ events, ...accountOf(events) }, now);
      fc.pre(!adjusted);
      const held = (limit: { min?: number; max?: number } | undefined, value: number): number =>
        Math.min(limit?.max ?? Infinity, Math.max(limit?.min ?? -Infinity, value));
      for (const data of rules.scores) {
        const file = data as ScoreFile;
        const score = scores[file.score];
        const keys = typeof score === 'object' ? Object.entries(score) : [[undefined, score] as const];
        for (const [key, points] of keys) {
          const mine = contributions.filter((one) => one.score === file.score && one.key === key);
          const sum = (group: string | undefined): number =>
            mine
              .filter(({ rule }) => file.rules[rule]?.group === group)
              .reduce((total, one) => total + one.points, 0);
          const groups = Object.entries(file.groups ?? {}).map(([name, limit]) =>
            held(limit as { min?: number; max?: number }, sum(name)),
          );
          const total = groups.reduce((a, b) => a + b, sum(undefined));
          expect(points).toBeCloseTo(held(file.limit as { max?: number }, total), 4);
        }
      }
    },
  );

  test.prop([rulesets, histories, instants], { numRuns: 300 })(
    'every number is one that people and storage take',
    (rules, events, now) => {
      const engine = engineOf(rules);
      const numbers = (value: unknown): number[] =>
        typeof value === 'number'
          ? [value]
          : typeof value === 'object' && value !== null
            ? Object.values(value).flatMap(numbers)
            : [];
      const history = { events, ...accountOf(events) };
      for (const number of numbers([engine.evaluate(history, now), engine.snapshot(history, now)])) {
        expect(Number.isFinite(number)).toBe(true);
        expect(Object.is(number, -0)).toBe(false);
        expect(number === 0 || Math.abs(number) >= 1e-15).toBe(true);
      }
    },
  );
});
