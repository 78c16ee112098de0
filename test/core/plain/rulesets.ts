import fc from 'fast-check';
import type { Json } from '../../../core/json.ts';
import { conditions, durations as duration, eventConditions, leadTests } from './conditions.ts';
import type { PlainRules } from './facts.ts';
import type { PlainRule } from './points.ts';

/** Rulesets as people might write them, small enough that everything meets everything. */

const points = fc.constantFrom(-20, -5, 1, 3, 7.5, 10, 25, 40);
const optional = <T>(name: string, of: fc.Arbitrary<T>, odds = 3): fc.Arbitrary<Record<string, T>> =>
  fc.oneof(
    { weight: odds, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: of.map((value) => ({ [name]: value })) },
  );

const counting = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ once: true }) },
  { weight: 1, arbitrary: fc.constantFrom(1, 2, 3).map((at_least) => ({ at_least })) },
  { weight: 1, arbitrary: fc.constantFrom(1, 2, 3).map((every) => ({ every })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(1, 2, 3), duration)
      .map(([count, within]) => ({ burst: { count, within } })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ 1: 5, 2: 10, 4: 3 }, { 2: 8, 3: -6 }, { 1: -4 }).map((steps) => ({ steps })),
  },
);
const decay = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: duration.map((within) => ({ within })) },
  { weight: 2, arbitrary: duration.map((half_life) => ({ half_life })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(50, 100, 25, 33.3, 250), duration)
      .map(([percent, every]) => ({ fade: { percent, every } })),
  },
);
const worth = fc.oneof(
  { weight: 4, arbitrary: points.map((value) => ({ points: value })) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<Record<string, Record<string, number>>>(
        { n: { '..2': 4, 3: 9, '4..': 15 } },
        { n: { x: 5, missing: -7, true: 2, exists: 1 } },
        { 'lead.size': { '<50': 2, '50..': 12 } },
        { 'account.plan': { pro: 9, missing: -3 } },
        { 'lead.tags': { a: 3, b: 30 } },
      )
      .map((points_by) => ({ points_by })),
  },
);
const cap = fc.oneof(
  fc.constant({}),
  fc.constantFrom(15, 30, -10).map((value) => ({ cap: value })),
);

const eventRule = (keyed: boolean): fc.Arbitrary<PlainRule> =>
  fc
    .tuple(
      eventConditions,
      worth,
      counting,
      decay,
      cap,
      optional('once_per', duration),
      optional('distinct', fc.constantFrom('path', 'n', 'products.name', 'constructor'), 4),
      optional('group', fc.constant('g'), keyed ? 4 : 2),
      optional('active', fc.constantFrom('2026-03-02..', '..2026-03-02', '2026-03-02..2026-03-03'), 8),
    )
    .map(([when, value, count, fading, capped, per, distinct, group, active]) => {
      const stepped = 'steps' in count;
      const walks = 'every' in count || 'burst' in count;
      return {
        why: 'because',
        when,
        ...(stepped ? {} : value),
        ...count,
        ...fading,
        ...capped,
        ...per,
        ...(walks ? {} : distinct),
        ...group,
        ...active,
      };
    });

const byAttribute = fc
  .constantFrom<Record<string, Record<string, number>>>(
    { 'lead.size': { '<50': 5, '50..499': 20, '500..': 30 } },
    { 'lead.size': { missing: -5, exists: 5 } },
    { 'account.employees': { '<50': 5, '50..': 15 } },
  )
  .map((points_by) => ({ points_by }));
const given = fc.oneof(
  { weight: 3, arbitrary: points.map((value) => ({ points: value })) },
  { weight: 1, arbitrary: byAttribute },
);
const stateRule: fc.Arbitrary<PlainRule> = fc.oneof(
  fc.tuple(leadTests, given).map(([when, value]) => ({ why: 'because', when, ...value })),
  fc
    .tuple(conditions, given, optional('group', fc.constant('g'), 2))
    .map(([when, value, group]) => ({ why: 'because', when, ...value, ...group })),
  fc.tuple(duration, points, optional('every', duration, 1), cap).map(([inactive, value, every, capped]) => ({
    why: 'because',
    when: { inactive },
    points: value,
    ...every,
    ...capped,
  })),
  duration.map((active_within) => ({ why: 'because', when: { active_within }, points: 8 })),
  fc.tuple(byAttribute, cap).map(([value, capped]) => ({ why: 'because', ...value, ...capped })),
);

/** Names that JavaScript would put in another order, or finds on every object. */
const NAMES = ['10', '2', 'constructor', 'toString', 'a b', 'Å'];
const named = (prefix: string, rules: readonly PlainRule[]): Record<string, PlainRule> =>
  Object.fromEntries(rules.map((rule, n) => [`${prefix} ${NAMES[n] ?? n}`, rule]));

/** A cap against the sign of the points is a slip; so is a cap on steps of the other sign. */
const sensible = (rule: PlainRule): PlainRule => {
  const { cap: capped, ...rest } = rule;
  if (capped === undefined) return rule;
  const negative = typeof rest['points'] === 'number' && rest['points'] < 0;
  return negative === Number(capped) < 0 ? rule : rest;
};
const without = (key: string, rules: readonly PlainRule[]): readonly PlainRule[] =>
  rules.map(({ [key]: _, ...rule }) => rule);

const settings = fc
  .tuple(
    optional('retention', fc.constantFrom('1d', '36h', '2d', '3d', '5d'), 2),
    optional(
      'activity',
      fc.constantFrom<Json>('page', ['Form', 'email.clicked'], { event: 'page', path: '/blog/*' }, [
        { event: '*', n: 'exists' },
      ]),
      4,
    ),
    optional('time_zone', fc.constantFrom('Europe/Copenhagen', 'America/New_York', 'Asia/Kolkata'), 4),
  )
  .map((parts): PlainRule => Object.assign({}, ...parts) as PlainRule);

const from = optional(
  'from',
  fc.constantFrom(['email-domain'], ['account.id'], ['email-domain', 'account.id']),
  1,
);
const accounts = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: from.map((sources) => ({
      accounts: { account: { ...sources, rollup: { fit: { max: 'fit' } } } },
    })),
  },
);

const namesIn = (steps: object): string[] => Object.keys(steps).filter((name) => name !== 'of');

const totals = (keyed: boolean): fc.Arbitrary<PlainRule> =>
  fc
    .tuple(
      fc.constantFrom(1, -1, 0.3),
      fc.constantFrom('max', 'sum'),
      fc.constantFrom({ min: 0, max: 150 }, { min: -20 }, undefined),
    )
    .map(([fit, product, limit]) => ({
      sum: { fit, engagement: 0.5, ...(keyed ? { product } : {}) },
      ...(limit ? { limit } : {}),
    }));
const bands = (keyed: boolean): fc.Arbitrary<PlainRule> =>
  fc
    .tuple(
      totals(keyed),
      fc.constantFrom(
        { cold: 0, warm: 10, hot: { enter: 30, leave: 22 } },
        { 2: -5, 10: { enter: 0, leave: -3 }, constructor: { enter: 20, leave: 0 } },
        { of: 'engagement', cold: 0, warm: { enter: 8 }, hot: { enter: 9, leave: 1 } },
      ),
      fc.constantFrom({ of: 'fit', A: 20, B: 5, C: 0 }, { of: 'total', 1: 30, 9: -10 }),
      fc.boolean(),
    )
    .map(([total, steps, grades, byGrade]) => ({
      total,
      bands: steps,
      grades,
      groups: {
        both: { fit: '>=5', engagement: '>=10' },
        one: { engagement: ['<-3', '10..11.5', 12, '>12'] },
        valueOf: { total: '3..9', ...(keyed ? { product: '>0' } : {}) },
        none: {},
      },
      qualified: {
        band: namesIn(steps).slice(-1),
        ...(byGrade ? { grade: namesIn(grades).slice(0, 1) } : { group: ['both', 'one'] }),
      },
    }));

/** Files in the order in which they are read. */
export const rulesets: fc.Arbitrary<PlainRules> = fc
  .tuple(
    fc.array(stateRule.map(sensible), { minLength: 0, maxLength: 3, size: 'max' }),
    fc.array(eventRule(false).map(sensible), { minLength: 1, maxLength: 4, size: 'max' }),
    fc.array(eventRule(true).map(sensible), { minLength: 0, maxLength: 2, size: 'max' }),
    fc.array(fc.oneof(eventRule(false), stateRule).map(sensible), { minLength: 0, maxLength: 2 }),
    fc.constantFrom({}, { min: 0, max: 60 }, { max: 40 }, { min: -8 }),
    fc.constantFrom({ max: 20 }, { min: -5, max: 12 }, { min: 4 }),
    settings,
    accounts,
  )
  .chain(([fit, engagement, product, more, limit, group, given2, byAccount]) =>
    bands(product.length > 0).map((standing): PlainRules => ({
      settings: given2,
      ...byAccount,
      scores: [
        { score: 'fit', rules: named('fit', without('group', fit)) },
        { score: 'engagement', limit, groups: { g: group }, rules: named('eng', engagement) },
        ...(more.length > 0
          ? [{ score: 'engagement', groups: { g: { min: -3, max: 9 } }, rules: named('more', more) }]
          : []),
        ...(product.length > 0
          ? [
              {
                score: 'product',
                by: 'products.name',
                limit: { min: -50, max: 45 },
                groups: { g: group },
                rules: named('prod', product),
              },
            ]
          : []),
      ],
      bands: standing,
    })),
  );
