import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';

import type { Contribution, Evaluation } from '../../../core/evaluation.ts';
import { adjustmentsOf } from '../../../core/explain/adjusted.ts';
import type { Limit } from '../../../core/schema/scalar.ts';
import type { ScoreFile } from '../../../core/schema/score.ts';
import { engineOf, historyOf, scoringOf } from '../plain/engine.ts';
import type { PlainRules } from '../plain/facts.ts';
import { colleagues, histories, instants } from '../plain/histories.ts';
import { rulesets } from '../plain/rulesets.ts';

/** Contributions have 6 decimals each. */
const HAIR = 0.000_01;
const held = ({ min = -Infinity, max = Infinity }: Limit = {}, value: number): number =>
  Math.min(max, Math.max(min, value));
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** What a person reads off an explanation: contributions by group, limits, manual points, limits again. */
function addedUp(
  files: readonly ScoreFile[],
  mine: readonly Contribution[],
  manual: readonly number[],
): number {
  const limit = files.find((file) => file.limit)?.limit;
  const given = files.map((file) => {
    const inGroup = (group: string | undefined): number =>
      sum(
        mine
          .filter(({ rule }) => Object.hasOwn(file.rules, rule) && file.rules[rule]?.group === group)
          .map(({ points }) => points),
      );
    const groups = Object.entries(file.groups ?? {});
    return inGroup(undefined) + sum(groups.map(([name, of]) => held(of, inGroup(name))));
  });
  return held(limit, held(limit, sum(given)) + sum(manual));
}

describe('whatever the rules and whatever happened', () => {
  test.prop([rulesets, histories, colleagues, instants], { numRuns: 800 })(
    'contributions, clamps and manual points included, add up to each score and each key exactly',
    (rules, events, others, now) => {
      const scoring = scoringOf(rules);
      const { contributions, scores } = engineOf(rules).evaluate(historyOf(events, others), now);
      const manual = adjustmentsOf(events, scoring.scores, now).filter(({ counts }) => counts);
      for (const [name, score] of Object.entries(scores)) {
        const files = Object.values(scoring.scores).filter((file) => file.score === name);
        const keys = typeof score === 'number' ? [[undefined, score] as const] : Object.entries(score);
        for (const [key, points] of keys) {
          const mine = contributions.filter((one) => one.score === name && one.key === key);
          const people = manual.filter((one) => one.score === name && one.key === (key ?? null));
          const total = addedUp(
            files,
            mine,
            people.map((one) => one.points),
          );
          expect(Math.abs(points - total)).toBeLessThan(HAIR);
        }
      }
    },
  );

  test.prop([rulesets, histories, colleagues, instants, fc.nat(), fc.nat()], { numRuns: 800 })(
    'adding a rule changes only its own contribution, its group and totals',
    (rules, events, others, now, from, into) => {
      const files = rules.scores as unknown as readonly ScoreFile[];
      const own = files.flatMap((file) => Object.values(file.rules));
      const into0 = files[into % files.length];
      const rule = own[from % own.length];
      fc.pre(into0 !== undefined && rule !== undefined);
      if (!into0 || !rule) return;
      // A keyed score takes event rules only, and a rule joins only a group of its file.
      fc.pre(into0.by === undefined || (rule.when !== undefined && 'event' in rule.when));
      const { group, ...rest } = rule;
      const added = group !== undefined && into0.groups ? { ...rest, group } : rest;
      const more: PlainRules = {
        ...rules,
        scores: files.map((file) =>
          file === into0 ? { ...file, rules: { ...file.rules, added } } : file,
        ) as PlainRules['scores'],
      };
      const history = historyOf(events, others);
      const [before, after] = [engineOf(rules), engineOf(more)].map((engine) =>
        engine.evaluate(history, now),
      );
      if (!before || !after) throw new Error('nothing to compare');
      const theirs = ({ contributions }: Evaluation): readonly Contribution[] =>
        contributions.filter((one) => one.rule !== 'added');
      expect(theirs(after)).toEqual(theirs(before));
      const given = after.contributions.filter((one) => one.rule === 'added');
      for (const [name, score] of Object.entries(after.scores)) {
        if (name !== into0.score) expect(score).toEqual(before.scores[name]);
        else if (typeof score === 'object') expectOwnKeys(score, before.scores[name], given);
        else if (given.length === 0) expectSame(score, before.scores[name]);
      }
      if (given.length === 0 && into0.by === undefined) expectSame(after.total, before.total);
    },
  );
});

/** What is too little to be told may still move the last decimal. */
const expectSame = (after: unknown, before: unknown): void =>
  expect(Math.abs(Number(after) - Number(before))).toBeLessThan(HAIR);

/** Of a keyed score only those keys are others to which the rule gives something; it may name new ones. */
function expectOwnKeys(
  after: Readonly<Record<string, number>>,
  before: Evaluation['scores'][string] | undefined,
  given: readonly Contribution[],
): void {
  const was = before as Readonly<Record<string, number>>;
  for (const key of Object.keys(was)) {
    expect(Object.hasOwn(after, key)).toBe(true);
    if (!given.some((one) => one.key === key)) expectSame(after[key], was[key]);
  }
}
