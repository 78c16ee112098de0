import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { rolledUpKeys } from '../../../core/accounts/account-keys.ts';
import { accountLooks } from '../../../core/accounts/looks.ts';
import type { LeadEvent } from '../../../core/event.ts';
import { plainAccount } from './accounts.ts';
import { engineOf, historyOf, scoringOf } from './engine.ts';
import { accountAt, type PlainLead } from './facts.ts';
import { histories, instants } from './histories.ts';
import type { PlainRule } from './points.ts';
import { rulesets } from './rulesets.ts';

const best = fc.constantFrom({}, { best: 1 }, { best: 2 }, { best: 5 });
const how = fc.constantFrom('sum', 'max', 'avg');
const rollup = (score: string) =>
  fc.tuple(how, best).map(([name, of]): PlainRule => ({ [name]: score, ...of }));

const bands = fc.constantFrom(
  { of: 'doing', quiet: 0, surging: { enter: 20, leave: 8 } },
  { of: 'doing', low: -50, middle: { enter: 5 }, high: { enter: 12, leave: 6 }, top: 40 },
  { of: 'all', 2: 0, 10: { enter: 15, leave: 1 } },
);

/** Rules with an accounts.yaml that rolls up whatever they have. */
const rulesWithAccounts = rulesets.chain((rules) =>
  fc
    .record({
      doing: rollup('engagement'),
      all: rollup('total'),
      being: rollup('fit'),
      wanted: rollup('product'),
      steps: fc.option(bands, { nil: undefined, freq: 6 }),
      people: fc.constantFrom(undefined, 1, 2, 3),
      anyBand: fc.boolean(),
    })
    .map(({ steps, people, anyBand, wanted, ...rollups }) => {
      const keyed = rules.scores.some((file) => file['score'] === 'product');
      const highest = Object.keys(steps ?? {})
        .filter((name) => name !== 'of')
        .slice(-1);
      const qualified = {
        ...(anyBand ? {} : { band: highest }),
        ...(people === undefined ? {} : { people }),
      };
      const account: PlainRule = {
        rollup: { ...rollups, ...(keyed ? { wanted } : {}) },
        ...(steps ? { bands: steps } : {}),
        ...(steps && Object.keys(qualified).length > 0 ? { qualified } : {}),
      };
      return { ...rules, accounts: { account } };
    }),
);

const isAbout = ({ type }: LeadEvent): boolean => type === 'group';

/** Up to four people of one company, who hear what each other say of it. */
const companies = fc.array(histories, { minLength: 1, maxLength: 4 }).map((logs) => {
  const named = logs.map((log, n) => log.map((event) => ({ ...event, id: `${n}:${event.id}` })));
  return named.map((events, n): PlainLead => ({
    events,
    colleagues: named.filter((_log, other) => other !== n).flatMap((log) => log.filter(isAbout)),
  }));
});

describe('what people add up to, and the plain interpreter, agree', () => {
  test.prop([rulesWithAccounts, companies, instants], { numRuns: 150 })(
    'on every number, key, band and whether the account is qualified, walked through its past',
    (rules, people, now) => {
      const engine = engineOf(rules);
      const { accounts } = scoringOf(rules);
      if (!accounts) throw new Error('no accounts.yaml');
      const known = people.map(({ events, colleagues }) => historyOf(events, colleagues));
      const standing = accountLooks(engine, accounts, known, now).at(-1)?.standing;
      const plain = plainAccount(rules, people, now);
      const { keys, ...numbers } = plain;
      expect(standing).toEqual({
        ...numbers,
        numbers: Object.fromEntries(
          Object.entries(plain.numbers).map(([name, value]) => [name, expect.closeTo(value, 5) as number]),
        ),
      });
      const scores = known
        .filter(({ events }) => events.some(({ occurredAt }) => occurredAt <= now))
        .map((history) => engine.evaluate(history, now).scores);
      for (const [name, each] of Object.entries(accounts.account.rollup)) {
        const ours = rolledUpKeys(each, scores);
        const theirs = keys[name];
        expect(Object.keys(ours ?? {}).sort()).toEqual(Object.keys(theirs ?? {}).sort());
        for (const [key, value] of Object.entries(theirs ?? {})) expect(ours?.[key]).toBeCloseTo(value, 5);
      }
    },
  );

  test.prop([rulesets, histories, instants], { numRuns: 300 })(
    'on which account a lead is of',
    (rules, events, now) => {
      const ours = engineOf(rules).account(historyOf(events), now)?.id ?? null;
      expect(ours).toBe(accountAt(rules, { events }, now));
    },
  );
});
