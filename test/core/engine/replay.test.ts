import { fc, test as lawOf } from '@fast-check/vitest';
import { expect, test } from 'vitest';

import { compile, type Engine } from '../../../core/engine/compile.ts';
import { inOrder } from '../../../core/engine/order.ts';
import { replayOf, type Content, type LeadLog, type Replay } from '../../../core/engine/replay.ts';
import { onlyRules } from '../../../core/engine/subset.ts';
import type { LeadEvent } from '../../../core/event.ts';
import type { Evaluation, Standing } from '../../../core/evaluation.ts';
import type { Scoring } from '../../../core/ruleset.ts';
import { accountsIn, scoringOf } from '../plain/engine.ts';
import type { PlainRules } from '../plain/facts.ts';
import { histories, instants } from '../plain/histories.ts';
import { rulesets } from '../plain/rulesets.ts';
import { day, page, track } from './scenario.ts';

const checked = (rules: PlainRules): Scoring => scoringOf(rules);
const named = (ruleset: Scoring): Scoring & { hash: string } => ({ ...ruleset, hash: 'replay' });
const compiled = (ruleset: Scoring): Engine => compile(named(ruleset));

/** Events as a store keeps them: what is said once, and one row an event, behind a row of somebody else. */
const columns = (events: readonly LeadEvent[]): { log: LeadLog; contents: Content[] } => {
  const contents: Content[] = [{ type: 'page', name: 'page', properties: { path: '/pricing' } }];
  const numbers = new Map<string, number>();
  const ordered = inOrder(events, -Infinity, Infinity);
  const content = ordered.map(({ id: _, occurredAt: __, ...said }) => {
    const text = JSON.stringify(said);
    const number = numbers.get(text) ?? contents.push(said) - 1;
    numbers.set(text, number);
    return number;
  });
  return {
    contents,
    log: {
      at: Float64Array.from([0, ...ordered.map(({ occurredAt }) => occurredAt)]),
      content: Uint32Array.from([0, ...content]),
      from: 1,
      to: ordered.length + 1,
      accounts: accountsIn(ordered),
    },
  };
};
const standing = ({ band, grade, group, qualified }: Standing): Standing => ({
  band,
  grade,
  group,
  qualified,
});
const single = (score: Evaluation['scores'][string]): number =>
  typeof score === 'number' ? score : Math.max(0, ...Object.values(score));

lawOf.prop([rulesets, histories, instants, instants], { numRuns: 400 })(
  'a replay stands where an evaluation stands at that instant, and its crossings lead there',
  (rules, events, one, other) => {
    const ruleset = checked(rules);
    const engine = compiled(ruleset);
    const [since, at] = [Math.min(one, other), Math.max(one, other)];
    const { log, contents } = columns(events);
    const replayed = replayOf(named(ruleset), contents).lead(log, since, at);
    const history = { events, ...(log.accounts && { accounts: log.accounts }) };
    const evaluation = engine.evaluate(history, at);
    expect(standing(replayed)).toEqual(standing(evaluation));
    expect(replayed.bandSince).toBe(evaluation.bandSince);
    expect(replayed.total).toBe(evaluation.total);
    expect(replayed.scores).toEqual(
      Object.fromEntries(Object.entries(evaluation.scores).map(([name, score]) => [name, single(score)])),
    );

    const first = inOrder(events, -Infinity, at)[0]?.occurredAt ?? Infinity;
    let last: Standing | null = null;
    for (const { at: instant, from, to } of replayed.crossings) {
      expect(instant).toBeGreaterThanOrEqual(since);
      expect(from).not.toEqual(to);
      if (last) expect(from).toEqual(last);
      expect(from === null).toBe(instant === first);
      expect(standing(engine.evaluate(history, instant))).toEqual(to);
      last = to;
    }
    if (last) expect(standing(replayed)).toEqual(last);
    else if (first < since) expect(standing(engine.evaluate(history, since - 1))).toEqual(standing(replayed));
  },
);

lawOf.prop([rulesets, histories, instants], { numRuns: 400 })(
  'what a replay tells of a lead at an instant is what an evaluation tells, to the last digit',
  (rules, events, at) => {
    const ruleset = checked(rules);
    const { log, contents } = columns(events);
    const ids = ['', ...inOrder(events, -Infinity, Infinity).map(({ id }) => id)];
    const history = { events, ...(log.accounts && { accounts: log.accounts }) };
    const { bandSince: _, ...told } = compiled(ruleset).evaluate(history, at);
    expect(replayOf(named(ruleset), contents).evaluate(log, at, (row) => ids[row] ?? '')).toEqual(told);
  },
);

lawOf.prop([rulesets, histories, instants, fc.array(fc.boolean(), { minLength: 9, maxLength: 9 })], {
  numRuns: 400,
})(
  'two rulesets that share the way until one of them gives something come to what each comes to alone',
  (rules, events, at, chosen) => {
    const whole = checked(rules);
    const names = Object.values(whole.scores).flatMap((file) => Object.keys(file.rules));
    const some = new Set(names.filter((_, n) => chosen[n]));
    const few = onlyRules(whole, new Set(names.filter((name) => !some.has(name))));
    const { log, contents } = columns(events);
    const [old, next, changed] = [few, whole, onlyRules(whole, some)].map((ruleset) =>
      replayOf(named(ruleset), contents),
    ) as [Replay, Replay, Replay];
    const row = changed.touched(log) ?? log.to;
    for (const [from, to] of [[old, next] as const, [next, old] as const]) {
      const way = from.until(log, row, at);
      const other = to.follow(way, log);
      expect(from.end(way, log)).toEqual(from.lead(log, -8.64e15, at));
      expect(to.end(other, log)).toEqual(to.lead(log, -8.64e15, at));
    }
  },
);

lawOf.prop([rulesets, histories, instants, fc.array(fc.boolean(), { minLength: 9, maxLength: 9 })], {
  numRuns: 300,
})(
  'some of the rules alone give what they give among all, and a lead that they do not touch gets nothing',
  (rules, events, now, chosen) => {
    const ruleset = checked(rules);
    const names = Object.values(ruleset.scores).flatMap((file) => Object.keys(file.rules));
    const some = new Set(names.filter((_, n) => chosen[n]));
    const { log, contents } = columns(events);
    const history = { events, ...(log.accounts && { accounts: log.accounts }) };
    const [all, few] = [compiled(ruleset), compiled(onlyRules(ruleset, some))];
    const given = few.evaluate(history, now).contributions;
    expect(given).toEqual(all.evaluate(history, now).contributions.filter(({ rule }) => some.has(rule)));
    if (replayOf(named(onlyRules(ruleset, some)), contents).touched(log) === null) expect(given).toEqual([]);
  },
);

const demo = checked({
  settings: {},
  scores: [
    {
      score: 'intent',
      rules: { demo: { why: 'w', when: { event: 'Demo Booked' }, points: 60, within: '10d' } },
    },
  ],
  bands: { bands: { cold: 0, warm: 20, hot: 50 } },
});

test('a lead whom no rule heard is not touched; one whom a rule heard once is', () => {
  const touched = (events: LeadEvent[]): boolean => {
    const { log, contents } = columns(events);
    return replayOf(named(demo), contents).touched(log) !== null;
  };
  expect(touched([page(0, '/'), track(1, 'Signed Up')])).toBe(false);
  expect(touched([page(0, '/'), track(1, 'Demo Booked')])).toBe(true);
});

test('crossings by events and by themselves are told, from the first event on', () => {
  const { log, contents } = columns([page(0, '/'), track(1, 'Demo Booked')]);
  const { crossings, band, bandSince } = replayOf(named(demo), contents).lead(log, day(0), day(30));
  expect(crossings.map(({ at, from, to }) => [at, from?.band ?? null, to.band])).toEqual([
    [day(0), null, 'cold'],
    [day(1), 'cold', 'hot'],
    [day(11), 'hot', 'cold'],
  ]);
  expect({ band, bandSince }).toEqual({ band: 'cold', bandSince: day(11) });
});
