import { test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { engineOf, historyOf } from './engine.ts';
import { colleagues, histories, instants } from './histories.ts';
import { plainScores } from './interpreter.ts';
import { rulesets } from './rulesets.ts';
import { plainNextChange, plainStanding } from './walk.ts';

/** Nearly equal: the sums run in another order here. */
const close = (ours: unknown, plain: unknown): void => {
  if (typeof plain === 'number') return expect(Math.abs(Number(ours) - plain)).toBeLessThan(0.000_002);
  expect(Object.keys(ours as object).sort()).toEqual(Object.keys(plain as object).sort());
  for (const [key, value] of Object.entries(plain as object))
    close((ours as Record<string, unknown>)[key], value);
};

const DAY = 86_400_000;

describe('the engine and the plain interpreter agree', () => {
  test.prop([rulesets, histories, colleagues, instants], { numRuns: 1500 })(
    'on every contribution, score and total',
    (rules, events, others, now) => {
      const ours = engineOf(rules).evaluate(historyOf(events, others), now);
      const plain = plainScores(rules, { events, colleagues: others }, now);
      close(ours.scores, plain.scores);
      close(ours.total, plain.total);
      close(
        Object.fromEntries(
          ours.contributions.map((each) => [
            each.key === undefined ? each.rule : `${each.rule} ${each.key}`,
            each.points,
          ]),
        ),
        Object.fromEntries(
          Object.entries(plain.contributions).filter(([, value]) => Math.abs(value) >= 0.000_000_5),
        ),
      );
    },
  );

  test.prop([rulesets, histories, colleagues, instants], { numRuns: 80 })(
    'on where a lead stands, walked through its past, and since when',
    (rules, events, others, now) => {
      const { band, grade, group, qualified, bandSince } = engineOf(rules).evaluate(
        historyOf(events, others),
        now,
      );
      const { bandSince: since, ...plain } = plainStanding(rules, { events, colleagues: others }, now);
      expect({ band, grade, group, qualified }).toEqual(plain);
      expect(Math.abs(bandSince - (since ?? now))).toBeLessThan(1001);
    },
  );

  test.prop([rulesets, histories, colleagues, instants], { numRuns: 80 })(
    'on the next change by itself, to the second',
    (rules, events, others, now) => {
      const until = now + 6 * DAY;
      const known = events.filter((event) => event.occurredAt <= now);
      const said = others.filter((event) => event.occurredAt <= now);
      const { nextChange } = engineOf(rules).evaluate(historyOf(known, said), now);
      const plain = plainNextChange(rules, { events: known, colleagues: said }, now, until);
      if (plain === null) {
        if (nextChange !== null) expect(nextChange.at).toBeGreaterThan(until);
        return;
      }
      expect(nextChange).not.toBeNull();
      expect(Math.abs((nextChange?.at ?? 0) - plain.at)).toBeLessThan(1001);
      expect(nextChange).toMatchObject({
        band: plain.band,
        grade: plain.grade,
        group: plain.group,
        qualified: plain.qualified,
      });
    },
  );
});
