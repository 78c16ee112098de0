import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { checkRules } from '../../../core/check/check.ts';
import { compile, type Engine } from '../../../core/engine/compile.ts';
import type { LeadEvent } from '../../../core/event.ts';
import type { History } from '../../../core/history.ts';
import { histories, instants, rulesets } from './cases.ts';
import { plainNextChange, type PlainRules, plainScores, plainStanding } from './interpreter.ts';

const engineOf = (rules: PlainRules): Engine => {
  const { issues, ruleset } = checkRules([
    { file: 'settings.yaml', data: rules.settings },
    { file: 'bands.yaml', data: rules.bands },
    ...rules.scores.map((data) => ({ file: `scores/${String(data['score'])}.yaml`, data })),
  ]);
  expect(issues).toEqual([]);
  if (!ruleset) throw new Error('no ruleset');
  return compile({ ...ruleset, hash: 'agreement' });
};

const historyOf = (events: readonly LeadEvent[]): { history: History; account: readonly LeadEvent[] } => {
  const account = events.filter((event) => event.type === 'group');
  return {
    account,
    history: { events, ...(account.length > 0 ? { account: { id: 'acme', events: account } } : {}) },
  };
};

/** Nearly equal: the sums run in another order here. */
const close = (ours: unknown, plain: unknown): void => {
  if (typeof plain === 'number') return expect(Math.abs(Number(ours) - plain)).toBeLessThan(0.000_002);
  expect(Object.keys(ours as object).sort()).toEqual(Object.keys(plain as object).sort());
  for (const [key, value] of Object.entries(plain as object))
    close((ours as Record<string, unknown>)[key], value);
};

const DAY = 86_400_000;

describe('the engine and the plain interpreter agree', () => {
  test.prop([rulesets, histories, instants], { numRuns: 600 })(
    'on every contribution, score and total',
    (rules, events, now) => {
      const { history, account } = historyOf(events);
      const ours = engineOf(rules).evaluate(history, now);
      const plain = plainScores(rules, { events, account }, now);
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

  test.prop([rulesets, fc.array(histories, { minLength: 1, maxLength: 1 }), instants], { numRuns: 60 })(
    'on where a lead stands, walked through its past, and since when',
    (rules, [events = []], now) => {
      const { history, account } = historyOf(events);
      const { band, grade, group, qualified } = engineOf(rules).evaluate(history, now);
      const { bandSince: _, ...plain } = plainStanding(rules, { events, account }, now);
      expect({ band, grade, group, qualified }).toEqual(plain);
    },
  );

  test.prop([rulesets, histories, instants], { numRuns: 60 })(
    'on the next change by itself, to the second',
    (rules, events, now) => {
      const { history, account } = historyOf(events);
      const known = events.filter((event) => event.occurredAt <= now);
      const { nextChange } = engineOf(rules).evaluate({ ...history, events: known }, now);
      const plain = plainNextChange(
        rules,
        { events: known, account: account.filter((event) => event.occurredAt <= now) },
        now,
        now + 6 * DAY,
      );
      if (plain === null) {
        if (nextChange !== null) expect(nextChange.at).toBeGreaterThan(now + 6 * DAY);
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
