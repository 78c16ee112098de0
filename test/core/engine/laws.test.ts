import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';

import type { Evaluation } from '../../../core/evaluation.ts';
import type { LeadEvent } from '../../../core/event.ts';
import type { Snapshot } from '../../../core/history.ts';
import { engineOf, historyOf } from '../plain/engine.ts';
import { colleagues, histories, instants } from '../plain/histories.ts';
import { rulesets } from '../plain/rulesets.ts';

const HOUR = 3_600_000;

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
const onceEach = (events: readonly LeadEvent[]): LeadEvent[] => [
  ...new Map(events.map((event) => [event.id, event])).values(),
];

describe('whatever the rules and whatever happened', () => {
  test.prop([rulesets, histories, colleagues, instants, fc.infiniteStream(fc.nat())], { numRuns: 500 })(
    'the order in which events arrive, and how often, changes nothing',
    (rules, events, others, now, chance) => {
      const engine = engineOf(rules);
      const once = onceEach(events);
      const next = (): number => Number(chance.next().value);
      // Of copies the earliest counts, whatever a later one says.
      const copies = once.flatMap((event): LeadEvent[] => {
        const later = { ...event, occurredAt: event.occurredAt + 1 + (next() % HOUR), properties: {} };
        return [[event], [event, event], [event, later]][next() % 3] ?? [];
      });
      const shuffled = copies
        .map((event) => ({ event, order: next() }))
        .sort((a, b) => a.order - b.order)
        .map(({ event }) => event);
      expect(engine.evaluate(historyOf(shuffled, others.toReversed()), now)).toEqual(
        engine.evaluate(historyOf(once, others), now),
      );
    },
  );

  test.prop([rulesets, histories, colleagues, instants, fc.array(instants, { maxLength: 4 })], {
    numRuns: 800,
  })(
    'folding in any split of batches, at any watermarks, gives the same to the last bit as folding at once',
    (rules, events, others, now, marks) => {
      const engine = engineOf(rules);
      const watermarks = marks.filter((mark) => mark <= now).sort((a, b) => a - b);
      const once = onceEach(events);
      const { accounts = [] } = historyOf(once, others);
      const snapshot = watermarks.reduce<Snapshot | undefined>((last, mark) => {
        const tail = once.filter(({ occurredAt }) => occurredAt > (last?.watermark ?? -Infinity));
        return throughJson(
          engine.snapshot({ ...(last && { snapshot: last }), events: tail, accounts }, mark),
        );
      }, undefined);
      const tail = once.filter(({ occurredAt }) => occurredAt > (snapshot?.watermark ?? -Infinity));
      expect(
        withoutIds(engine.evaluate({ ...(snapshot && { snapshot }), events: tail, accounts }, now)),
      ).toEqual(withoutIds(engine.evaluate({ events: once, accounts }, now)));
    },
  );

  test.prop([rulesets, histories, colleagues, instants], { numRuns: 400 })(
    'what happens later changes nothing of now',
    (rules, events, others, now) => {
      const engine = engineOf(rules);
      const known = (all: readonly LeadEvent[]): LeadEvent[] =>
        onceEach(all).filter(({ occurredAt }) => occurredAt <= now);
      expect(engine.evaluate(historyOf(onceEach(events), onceEach(others)), now)).toEqual(
        engine.evaluate(historyOf(known(events), known(others)), now),
      );
    },
  );

  test.prop(
    [
      rulesets,
      histories,
      colleagues,
      instants,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
    ],
    { numRuns: 600 },
  )(
    'the next change is the instant at which the standing changes, and none is earlier',
    (rules, all, others, now, shares) => {
      const engine = engineOf(rules);
      const known = ({ occurredAt }: LeadEvent): boolean => occurredAt <= now;
      const history = historyOf(all.filter(known), others.filter(known));
      const at = (instant: number): Evaluation => engine.evaluate(history, instant);
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

  test.prop([rulesets, histories, colleagues, instants], { numRuns: 400 })(
    'every number is one that people and storage take',
    (rules, events, others, now) => {
      const engine = engineOf(rules);
      const numbers = (value: unknown): number[] =>
        typeof value === 'number'
          ? [value]
          : typeof value === 'object' && value !== null
            ? Object.values(value).flatMap(numbers)
            : [];
      const history = historyOf(events, others);
      for (const number of numbers([engine.evaluate(history, now), engine.snapshot(history, now)])) {
        expect(Number.isFinite(number)).toBe(true);
        expect(Object.is(number, -0)).toBe(false);
        expect(number === 0 || Math.abs(number) >= 1e-15).toBe(true);
      }
    },
  );
});
