import fc from 'fast-check';
import type { Json } from '../../../core/json.ts';
import type { PlainRule } from './points.ts';

/** Conditions as people might write them. */

export const durations = fc.constantFrom('1h', '90m', '12h', '1d', '2d', '4d', '1w');
const optional = <T>(name: string, of: fc.Arbitrary<T>, odds = 3): fc.Arbitrary<Record<string, T>> =>
  fc.oneof(
    { weight: odds, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: of.map((value) => ({ [name]: value })) },
  );

const propertyTests = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  fc
    .constantFrom('/pricing*', '/blog/*', '*', '*/EU', '*bl*/*', '/CAFÉ', '/caf*', ['/', '/blog/B'])
    .map((value) => ({ path: value })),
  fc
    .constantFrom<Json>(
      ...['missing', 'exists', '2..5', '..3', '>=4', '<2', '> 0.5', 3, '3', true, 'true', -0],
      ...['>=2026-03-01', '2026-02-01..', '2026-03-01', ['missing', 4], ['x', '5..'], 'X*'],
    )
    .map((value) => ({ n: value })),
  fc.constantFrom<Json>('crm', 'CRM', ['erp', 'crm'], 'missing', 7, true).map((value) => ({
    'products.name': value,
  })),
  fc.constantFrom<Json>('exists', 'missing', 'x').map((value) => ({ constructor: value })),
);
export const leadTests = fc.constantFrom<Record<string, Json>>(
  { 'lead.title': 'head of *' },
  { 'lead.size': '50..500' },
  { 'lead.country': ['SE', 'dk'] },
  { 'lead.title': 'missing' },
  { 'lead.since': '2026-02-01..2026-03-02' },
  { 'lead.address.city': 'MALMÖ', 'lead.tags': 'b' },
  { 'lead.toString': 'exists' },
  { 'lead.constructor': 'missing' },
  { 'account.plan': 'pro' },
  { 'account.plan': 'missing' },
  { 'account.employees': '>=50', 'lead.title': 'exists' },
);
const rarely = <T extends object>(of: fc.Arbitrary<T>): fc.Arbitrary<T | Record<string, never>> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: of });
const names = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Json>('page', 'Form', ['page', 'Form'], '*') },
  { weight: 1, arbitrary: fc.constantFrom<Json>('form*', 'email.clicked', '*.*', 'missing', 'Page') },
);
export const eventConditions = fc
  .tuple(names, propertyTests, propertyTests, rarely(leadTests))
  .map(([event, one, other, lead]): PlainRule => ({ event, ...one, ...other, ...lead }));

const rates = fc
  .tuple(
    fc.constantFrom('50%', '100%', '33.3%', '7%', '0%'),
    optional('min', fc.constantFrom(1, 2, 3), 1),
    optional('within', durations, 1),
    fc.constantFrom<Json>('Form', ['Form', 'email.clicked'], { event: 'page', path: '/blog/*' }),
    fc.constantFrom<Json>(['page', 'Form'], '*', { event: '*', 'lead.title': 'exists' }),
  )
  .map(([at_least, min, within, of, out_of]): PlainRule => ({
    rate: { of, out_of, at_least, ...min, ...within },
  }));
const truths: fc.Arbitrary<PlainRule> = fc.oneof(
  leadTests,
  durations.map((inactive) => ({ inactive })),
  durations.map((active_within) => ({ active_within })),
  rates,
  fc
    .tuple(eventConditions, optional('at_least', fc.constantFrom(2, 3)), optional('within', durations))
    .map((parts): PlainRule => Object.assign({}, ...parts) as PlainRule),
);
const some = fc.array(truths, { minLength: 1, maxLength: 3 });

/** What is true or false and no attribute test alone. */
export const conditions: fc.Arbitrary<PlainRule> = fc.oneof(
  some.map((all) => ({ all })),
  some.map((any) => ({ any })),
  truths.map((not) => ({ not })),
  rates,
  fc.tuple(truths, truths, truths).map(([a, b, c]) => ({ all: [a, { not: { any: [b, c] } }] })),
);
