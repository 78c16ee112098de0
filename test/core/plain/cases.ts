import fc from 'fast-check';
import type { LeadEvent } from '../../../core/event.ts';
import type { Json } from '../../../core/json.ts';
import type { PlainRule } from './points.ts';

/** Rulesets and histories as people might write and make them, small enough that everything meets everything. */

export const BASE = Date.parse('2026-03-01T00:00:00Z');
const MINUTE = 60_000;
const DURATIONS = ['1h', '6h', '12h', '1d', '2d'];
const duration = fc.constantFrom(...DURATIONS);
const points = fc.constantFrom(-20, -5, 1, 3, 7.5, 10, 25, 40);
const path = fc.constantFrom('/pricing', '/Pricing/eu', '/blog/a', '/blog/b', '/');
const optional = <T>(name: string, of: fc.Arbitrary<T>, odds = 3): fc.Arbitrary<Record<string, T>> =>
  fc.oneof(
    { weight: odds, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: of.map((value) => ({ [name]: value })) },
  );

const propertyTest = fc.oneof(
  fc.constantFrom('/pricing*', '/blog/*', '*').map((value) => ({ path: value })),
  fc
    .constantFrom('missing', 'exists', '2..5', '..3', '>=4', '<2', 3, '3', true)
    .map((value) => ({ n: value })),
  fc.constantFrom('crm', 'CRM', ['erp', 'crm'], 'missing').map((value) => ({ 'products.name': value })),
  fc.constant({}),
);
const leadTest = fc.constantFrom<Record<string, Json>>(
  { 'lead.title': 'head of *' },
  { 'lead.size': '50..500' },
  { 'lead.country': ['SE', 'dk'] },
  { 'lead.title': 'missing' },
  { 'lead.since': '2026-02-01..2026-03-02' },
  { 'account.plan': 'pro' },
);
const eventCondition = fc
  .tuple(
    fc.constantFrom('page', 'Form', 'form*', ['page', 'Form'], 'email.clicked', '*'),
    propertyTest,
    fc.option(leadTest, { freq: 5 }),
  )
  .map(([event, more, lead]): PlainRule => ({ event, ...more, ...(lead ?? {}) }));

const counting = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ once: true }) },
  { weight: 1, arbitrary: fc.constantFrom(2, 3).map((at_least) => ({ at_least })) },
  { weight: 1, arbitrary: fc.constantFrom(2, 3).map((every) => ({ every })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(2, 3), duration)
      .map(([count, within]) => ({ burst: { count, within } })),
  },
  { weight: 1, arbitrary: fc.constant({ steps: { 1: 5, 2: 10, 4: 3 } }) },
);
const decay = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: duration.map((within) => ({ within })) },
  { weight: 2, arbitrary: duration.map((half_life) => ({ half_life })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(50, 100, 25), duration)
      .map(([percent, every]) => ({ fade: { percent, every } })),
  },
);
const worth = fc.oneof(
  { weight: 4, arbitrary: points.map((value) => ({ points: value })) },
  { weight: 1, arbitrary: fc.constant({ points_by: { n: { '..2': 4, 3: 9, '4..': 15 } } }) },
  { weight: 1, arbitrary: fc.constant({ points_by: { 'lead.size': { '<50': 2, '50..': 12 } } }) },
);
const cap = fc.oneof(
  fc.constant({}),
  fc.constantFrom(15, 30, -10).map((value) => ({ cap: value })),
);

const eventRule = (keyed: boolean): fc.Arbitrary<PlainRule> =>
  fc
    .tuple(
      eventCondition,
      worth,
      counting,
      decay,
      cap,
      optional('once_per', duration),
      optional('distinct', fc.constantFrom('path', 'n'), 4),
      optional('group', fc.constant('g'), keyed ? 100 : 2),
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

const truth: fc.Arbitrary<PlainRule> = fc.oneof(
  leadTest,
  duration.map((inactive) => ({ inactive })),
  duration.map((active_within) => ({ active_within })),
  fc
    .tuple(fc.constantFrom('50%', '100%'), fc.constantFrom(1, 2, 3), duration)
    .map(([at_least, min, within]) => ({
      rate: { of: 'Form', out_of: ['page', 'Form'], at_least, min, within },
    })),
  fc
    .tuple(eventCondition, optional('at_least', fc.constantFrom(2, 3)), optional('within', duration))
    .map((parts): PlainRule => Object.assign({}, ...parts) as PlainRule),
);
const combined: fc.Arbitrary<PlainRule> = fc.oneof(
  fc.array(truth, { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
  fc.array(truth, { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
  truth.map((not) => ({ not })),
  fc.tuple(truth, truth).map(([a, b]) => ({ all: [a, { not: b }] })),
);
const stateRule: fc.Arbitrary<PlainRule> = fc.oneof(
  fc.tuple(leadTest, points).map(([when, value]) => ({ why: 'because', when, points: value })),
  fc.tuple(combined, points).map(([when, value]) => ({ why: 'because', when, points: value })),
  fc.tuple(duration, points, optional('every', duration, 1), cap).map(([inactive, value, every, capped]) => ({
    why: 'because',
    when: { inactive },
    points: value,
    ...every,
    ...capped,
  })),
  duration.map((active_within) => ({ why: 'because', when: { active_within }, points: 8 })),
  fc.constant({ why: 'because', points_by: { 'lead.size': { '<50': 5, '50..499': 20, '500..': 30 } } }),
);

const named = (prefix: string, rules: readonly PlainRule[]): Record<string, PlainRule> =>
  Object.fromEntries(rules.map((rule, n) => [`${prefix}-${n}`, rule]));

/** A cap against the sign of the points is a slip that the check refuses; so is a cap on steps of the other sign. */
const sensible = (rule: PlainRule): PlainRule => {
  const { cap: capped, ...rest } = rule;
  if (capped === undefined) return rule;
  const negative = typeof rest['points'] === 'number' && rest['points'] < 0;
  return negative === Number(capped) < 0 ? rule : rest;
};

export const rulesets = fc
  .tuple(
    fc.array(stateRule.map(sensible), { minLength: 0, maxLength: 3 }),
    fc.array(eventRule(false).map(sensible), { minLength: 1, maxLength: 4 }),
    fc.array(eventRule(true).map(sensible), { minLength: 0, maxLength: 2 }),
    fc.constantFrom({}, { min: 0, max: 60 }, { max: 40 }),
    fc.constantFrom({}, { retention: '3d' }),
    fc.constantFrom({ max: 20 }, { min: -5, max: 12 }),
    fc.constantFrom('max', 'sum'),
  )
  .map(([fit, engagement, product, limit, settings, group, keyed]) => ({
    settings,
    scores: [
      { score: 'fit', rules: named('fit', fit) },
      { score: 'engagement', limit, groups: { g: group }, rules: named('eng', engagement) },
      ...(product.length > 0
        ? [
            {
              score: 'product',
              by: 'products.name',
              rules: named(
                'prod',
                product.map(({ group: _, ...rule }) => rule),
              ),
            },
          ]
        : []),
    ] as PlainRule[],
    bands: {
      total: {
        sum: { fit: 1, engagement: 0.5, ...(product.length > 0 ? { product: keyed } : {}) },
        limit: { min: 0, max: 150 },
      },
      bands: { cold: 0, warm: 10, hot: { enter: 30, leave: 22 } },
      grades: { of: 'fit', A: 20, B: 5, C: 0 },
      groups: { both: { fit: '>=5', engagement: '>=10' }, one: { engagement: '>=10' }, none: {} },
      qualified: { band: ['hot'], group: ['both', 'one'] },
    } as PlainRule,
  }));

const occurredAt = fc.integer({ min: 0, max: 5 * 24 * 6 }).map((tens) => BASE + tens * 10 * MINUTE);
const id = fc.integer({ min: 0, max: 999_999 }).map((n) => `e${n}`);
const products = fc.constantFrom<Json>(
  [{ name: 'crm' }],
  [{ name: 'erp' }, { name: 'crm' }, { name: 'crm' }],
  [],
  null,
  [{ name: 7 }],
);
const happening = fc
  .tuple(
    id,
    occurredAt,
    fc.constantFrom('page', 'Form', 'email.clicked', 'email.opened', 'handoff.rejected'),
    path,
    fc.constantFrom<Json>(1, 3, '4', true, '', null, 'x'),
    products,
    fc.boolean(),
  )
  .map(([eventId, at, name, where, n, of, some]): LeadEvent => ({
    id: eventId,
    occurredAt: at,
    type: name === 'page' ? 'page' : 'track',
    name,
    properties: { path: where, n, ...(some ? { products: of } : {}) },
  }));
const adjusted = fc
  .tuple(
    id,
    occurredAt,
    fc.constantFrom('fit', 'engagement'),
    fc.constantFrom(-10, 5, 30),
    fc.constantFrom({}, { until: '2026-03-03' }, { until: '2026-03-02T12:00:00Z' }),
  )
  .map(([eventId, at, score, value, until]): LeadEvent => ({
    id: eventId,
    occurredAt: at,
    type: 'track',
    name: 'score.adjusted',
    properties: { score, points: value, why: 'w', by: 'b', ...until },
  }));
const traits = fc.constantFrom<Record<string, Json>>(
  { title: 'Head of IT', size: 30 },
  { size: '200', country: 'dk' },
  { title: null },
  { title: '', country: 'NO' },
  { since: '2026-03-01' },
);
const identified = fc.tuple(id, occurredAt, traits).map(([eventId, at, what]): LeadEvent => ({
  id: eventId,
  occurredAt: at,
  type: 'identify',
  name: '',
  properties: {},
  traits: what,
}));
const grouped = fc
  .tuple(
    id,
    occurredAt,
    fc.constantFrom<Record<string, Json>>({ plan: 'pro' }, { plan: 'free' }, { plan: null }),
  )
  .map(([eventId, at, what]): LeadEvent => ({
    id: eventId,
    occurredAt: at,
    type: 'group',
    name: '',
    properties: {},
    groupId: 'acme',
    traits: what,
  }));
const suspected = happening.map((event): LeadEvent => ({ ...event, suspected: 'scanner' }));

export const histories = fc.array(
  fc.oneof(
    { weight: 10, arbitrary: happening },
    { weight: 1, arbitrary: adjusted },
    { weight: 3, arbitrary: identified },
    { weight: 1, arbitrary: grouped },
    { weight: 1, arbitrary: suspected },
  ),
  { minLength: 1, maxLength: 14 },
);

/** Any minute of the days in which things happen and the three after. */
export const instants = fc
  .integer({ min: 0, max: 8 * 24 * 60 })
  .map((minutes) => BASE + minutes * MINUTE + 17_000);
