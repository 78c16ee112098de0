import { join } from 'node:path';

import { expect, test } from 'vitest';

import { folder } from './folder.ts';
import { run } from './run.ts';

/** Names that JavaScript puts in another order, or finds on every object. */
const RULES = {
  'rules/scores/a.yaml': `score: "10"
groups:
  "9": { max: 5 }
  "1": { min: -2 }
rules:
  "20": { why: w, when: { event: page, path: /x* }, points: 3, group: "9" }
  "3": { why: w, when: { event: page, constructor: exists }, points: 4 }
  constructor: { why: w, when: { lead.toString: exists }, points: 7, group: "1" }
  toString: { why: w, points_by: { lead.size: { "100..": 3, "10..": 2, "0..": 1 } } }
`,
  'rules/scores/b.yaml': `score: "2"
by: product
rules:
  हिन्दी: { why: w, when: { event: Used }, points: 10 }
`,
  'rules/bands.yaml': `total: { sum: { "10": 1, "2": max } }
bands: { "30": 0, "5": 4, "1": 12, constructor: 40 }
grades: { of: "10", "7": 0, "3": 5, valueOf: 9 }
groups:
  "9": { "10": ">=100" }
  "2": { "10": ">=1" }
  "1": {}
qualified: { band: ["1", constructor] }
`,
  'rules/bands.test.yaml': `- name: keys are their own
  events: [{ day: 0, event: Used, product: toString }]
  expect: [{ day: 0, scores: { "2": { toString: 10, constructor: 0, "7": 0 } }, band: "5", group: "1" }]
`,
};
const AT = '2026-03-02T23:59:59.999Z';
const line = (messageId: string, second: number, more: object): string =>
  `${JSON.stringify({ messageId, userId: 'u', timestamp: new Date(Date.UTC(2026, 2, 1, 0, 0, second)).toISOString(), ...more })}\n`;
const adjusted = (messageId: string, properties: object): string =>
  line(messageId, 3, { type: 'track', event: 'score.adjusted', properties: { why: 'w', by: 'b', ...properties } }); // prettier-ignore
const EVENTS = [
  line('1', 0, { type: 'page', properties: { path: '/X', constructor: 'a' } }),
  line('2', 1, { type: 'page', properties: { path: '/y', toString: 1 } }),
  line('3', 1, { type: 'identify', traits: { toString: 'x', size: 100 } }),
  line('4', 2, { type: 'track', event: 'Used', properties: { product: ['constructor', '10', '9', '9', { a: 1 }, true, 7, ''] } }), // prettier-ignore
  // A copy that says it was later counts for nothing.
  line('4', 9, { type: 'track', event: 'Used', properties: { product: 'later' } }),
  adjusted('5', { score: '2', product: 'constructor', points: -3 }),
  adjusted('6', { score: '2: new one', points: 1.5, until: '2026-03-02' }),
  adjusted('7', { score: '2', points: 50 }),
  line('8', 86_400 * 900, { type: 'track', event: 'Used', properties: { product: 'future' } }),
].join('');

test('names of digits, and names that every object has, are names like others, in the order of the files', async () => {
  const dir = folder({ ...RULES, 'events.ndjson': EVENTS });
  const rules = join(dir, 'rules');
  const checked = await run(['check', '--rules', rules]);
  expect(checked.err).toBe('');
  expect(checked.out).toContain('1 test passed');
  const scored = await run(['score', '--rules', rules, '--events', join(dir, 'events.ndjson'), '--at', AT, '--json']); // prettier-ignore
  expect(scored.err).toBe('');
  const lead = JSON.parse(scored.out) as Record<string, unknown>;
  expect(lead).toMatchObject({
    scores: {
      '2': { '7': 10, '9': 10, '10': 10, constructor: 7, 'new one': 1.5, true: 10 },
      '10': 17,
    },
    total: 27,
    band: '1',
    grade: 'valueOf',
    group: '2',
    qualified: true,
  });
  expect(Object.keys((lead['scores'] as Record<string, object>)['2'] ?? {})).not.toContain('later');
  // The bare date of `until` includes that day, and no more.
  const after = await run(['score', '--rules', rules, '--events', join(dir, 'events.ndjson'), '--at', '2026-03-03', '--json']); // prettier-ignore
  expect((JSON.parse(after.out) as { scores: object }).scores).toMatchObject({ '2': { 'new one': 0 } });
});

test('a lead that moves to another company is scored by what both were at the time, whoever told it', async () => {
  const dir = folder({
    'rules/scores/fit.yaml':
      'score: fit\nrules:\n  pro: { why: w, when: { account.plan: pro }, points: 45 }\n',
    'rules/bands.yaml': 'bands: { cold: 0, hot: { enter: 40, leave: 0 } }\n',
    'events.ndjson': [
      line('1', 0, { type: 'group', groupId: 'acme' }),
      line('2', 5, { type: 'group', groupId: 'acme', userId: 'colleague', traits: { plan: 'pro' } }),
      line('3', 9, { type: 'group', groupId: 'other' }),
    ].join(''),
  });
  const { out } = await run(['score', '--rules', join(dir, 'rules'), '--events', join(dir, 'events.ndjson'), '--at', AT, '--json']); // prettier-ignore
  const leads = out.trim().split('\n').map((text) => JSON.parse(text) as object); // prettier-ignore
  expect(leads).toMatchObject([
    { userId: 'colleague', total: 45, band: 'hot' },
    { userId: 'u', total: 0, band: 'hot' },
  ]);
});
