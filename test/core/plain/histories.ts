import fc from 'fast-check';
import type { LeadEvent } from '../../../core/event.ts';
import type { Json } from '../../../core/json.ts';

/** What leads do, as ingest leaves it, small enough that everything meets everything. */

export const BASE = Date.parse('2026-03-01T00:00:00Z');
const MINUTE = 60_000;

const path = fc.constantFrom('/pricing', '/Pricing/eu', '/blog/a', '/blog/b', '/', '/Café', '/cafe\u0301');
const occurredAt = fc.integer({ min: 0, max: 5 * 24 * 6 }).map((tens) => BASE + tens * 10 * MINUTE);
// The last two sort by their bytes otherwise than by their UTF-16 units.
const id = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: 0, max: 999_999 }).map((n) => `e${n}`) },
  { weight: 1, arbitrary: fc.constantFrom('', 'E', '10', '2', '\uFF5E', '\u{1F600}') },
);
const products = fc.constantFrom<Json>(
  [{ name: 'crm' }],
  { name: 'crm' },
  [{ name: 'erp' }, { name: 'crm' }, { name: 'crm' }],
  [{ name: ['crm', 'constructor'] }, {}],
  [],
  null,
  { name: 'CRM' },
  [{ name: 7 }, { name: true }, { name: '' }, { name: null }],
);
const happening = fc
  .tuple(
    id,
    occurredAt,
    fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom('page', 'Form') },
      {
        weight: 1,
        arbitrary: fc.constantFrom('email.clicked', 'email.opened', 'handoff.rejected', 'deal.lost'),
      },
    ),
    path,
    fc.constantFrom<Json>(1, 3, '4', true, 'TRUE', '', null, 'x', [2, 'x'], [[], ''], '2026-03-01', {}, 0.5),
    products,
    fc.nat({ max: 3 }),
  )
  .map(([eventId, at, name, where, n, of, some]): LeadEvent => ({
    id: eventId,
    occurredAt: at,
    type: name === 'page' ? 'page' : 'track',
    name,
    properties: { path: where, n, ...(some > 0 ? { products: of, constructor: n } : {}) },
  }));

/** A person's points: also for keys, and such as no rules can take. */
const given = fc.oneof(
  fc.constantFrom<Record<string, Json>>({ score: 'fit' }, { score: 'engagement' }),
  fc.constantFrom<Record<string, Json>>(
    { score: 'product', products: { name: 'crm' } },
    { score: 'product', 'products.name': 'erp' },
    { score: 'product: crm' },
    { score: 'product:new' },
    { score: 'product', 'products.name': 'constructor' },
  ),
  fc.constantFrom<Record<string, Json>>(
    { score: 'product' },
    { score: 'product', 'products.name': '' },
    { score: 'nothing' },
    { score: 'engagement: crm' },
  ),
);
const adjusted = fc
  .tuple(
    id,
    occurredAt,
    given,
    fc.constantFrom(-10, 5, 30, 0, 0.25),
    fc.constantFrom<Record<string, Json>>(
      {},
      { until: '2026-03-03' },
      { until: '2026-03-02T12:00:00Z' },
      { until: '2026-03-04T01:30:00+01:30' },
      { until: null },
      { until: 'some day' },
    ),
  )
  .map(([eventId, at, what, value, until]): LeadEvent => ({
    id: eventId,
    occurredAt: at,
    type: 'track',
    name: 'score.adjusted',
    properties: { ...what, points: value, why: 'w', by: 'b', ...until },
  }));

const traits = fc.constantFrom<Record<string, Json>>(
  { title: 'Head of IT', size: 30 },
  { size: '200', country: 'dk' },
  { title: null },
  { title: '', country: 'NO' },
  { since: '2026-03-01', toString: 'x' },
  { address: { city: 'Malmö' }, tags: ['a', 'B'] },
  { email: 'kim@acme.example' },
  { email: 'kim@gmail.com', size: 0 },
);
const identified = fc.tuple(id, occurredAt, traits).map(([eventId, at, what]): LeadEvent => ({
  id: eventId,
  occurredAt: at,
  type: 'identify',
  name: '',
  properties: {},
  traits: what,
}));

export const ACCOUNTS = ['acme.example', 'globex'];
const grouped = fc
  .tuple(
    id,
    occurredAt,
    fc.constantFrom(...ACCOUNTS),
    fc.constantFrom<Record<string, Json>>(
      { plan: 'pro' },
      { plan: 'free', employees: 80 },
      { plan: null },
      {},
    ),
  )
  .map(([eventId, at, groupId, what]): LeadEvent => ({
    id: eventId,
    occurredAt: at,
    type: 'group',
    name: '',
    properties: {},
    groupId,
    traits: what,
  }));
const alias = fc.tuple(id, occurredAt).map(([eventId, at]): LeadEvent => ({
  id: eventId,
  occurredAt: at,
  type: 'alias',
  name: '',
  properties: {},
}));
const suspected = fc
  .oneof(happening, adjusted, identified)
  .map((event): LeadEvent => ({ ...event, suspected: 'scanner' }));

export const histories = fc.array(
  fc.oneof(
    { weight: 14, arbitrary: happening },
    { weight: 2, arbitrary: adjusted },
    { weight: 3, arbitrary: identified },
    { weight: 3, arbitrary: grouped },
    { weight: 1, arbitrary: suspected },
    { weight: 1, arbitrary: alias },
  ),
  { minLength: 1, maxLength: 14, size: 'max' },
);

/** What colleagues say of accounts. */
export const colleagues = fc.array(
  grouped.map((event): LeadEvent => ({ ...event, id: `c${event.id}` })),
  { maxLength: 3 },
);

const DAYS = 24 * 60;
/** Any minute of the days in which things happen and the three after, mostly when something has happened. */
export const instants = fc
  .oneof(
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 8 * DAYS }) },
    { weight: 2, arbitrary: fc.integer({ min: 3 * DAYS, max: 6 * DAYS }) },
  )
  .map((minutes) => BASE + minutes * MINUTE + 17_000);
