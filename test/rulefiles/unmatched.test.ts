import { describe, expect, test } from 'vitest';

import { type LeadEvent } from '../../core/event.ts';
import { type JsonObject } from '../../core/json.ts';
import { watchFor } from '../../rulefiles/lint/unmatched.ts';
import { loadFiles } from '../../rulefiles/load.ts';
import { memoryFolder, told } from './memory-folder.ts';

let ids = 0;
const event = (name: string, properties: JsonObject = {}, more: Partial<LeadEvent> = {}): LeadEvent => ({
  id: String((ids += 1)),
  occurredAt: Date.UTC(2026, 2, 1),
  type: name === 'page' ? 'page' : 'track',
  name,
  properties,
  ...more,
});
const says = (type: 'identify' | 'group', traits: JsonObject): LeadEvent => event('', {}, { type, traits });

const HISTORY = [
  event('page', { path: '/pricing' }),
  event('Demo Booked', { product: 'crm' }),
  event('Form Submitted', { funnel: 'bottom' }),
  event('Trial Started', {}, { suspected: 'bot' }),
  event('score.adjusted', { score: 'fit', points: 5 }),
  says('identify', { title: 'CTO', address: { city: 'Oslo' } }),
  says('group', { employees: 120 }),
];

/** The warnings of one rule over a history, without the file. */
async function warnings(rule: string, history: readonly LeadEvent[] = HISTORY, head = ''): Promise<string[]> {
  const loaded = await loadFiles(
    memoryFolder({
      'scores/fit.yaml': `score: fit\n${head}rules:\n  a:\n    why: w\n${rule.replace(/^/gm, '    ')}\n`,
      'bands.yaml': 'bands: { of: fit, cold: 0 }\n',
    }),
  );
  if (!loaded.ok) throw new Error(loaded.issues.map(told).join('\n'));
  const watch = watchFor(loaded.value);
  for (const one of history) watch.see(one);
  return watch.warnings().map((issue) => told(loaded.place(issue)).replace('scores/fit.yaml:', ''));
}

describe('a rule that something in the history matched is no warning', () => {
  test.each([
    ['an event', 'when: { event: demo booked }\npoints: 1'],
    ['an event with properties', 'when: { event: page, path: /pric* }\npoints: 1'],
    ['an event and attributes of leads', 'when: { event: page, lead.title: "*CTO*" }\npoints: 1'],
    ['attributes', 'when: { lead.address.city: oslo, account.employees: "50.." }\npoints: 1'],
    ['an attribute that somebody lacks', 'when: { lead.phone: missing }\npoints: 1'],
    ['a table of an attribute', 'points_by: { account.employees: { "<50": 1 } }'],
    ['a table of a property', 'when: { event: Demo Booked }\npoints_by: { product: { crm: 1 } }'],
    ['all of some', 'when: { all: [{ event: page }, { lead.title: CTO }] }\npoints: 1'],
    ['one of several', 'when: { any: [{ event: Trial Started }, { lead.title: CTO }] }\npoints: 1'],
    ['what never happened, below not', 'when: { not: { event: Trial Started } }\npoints: 1'],
    ['inactivity', 'when: { inactive: 14d }\npoints: -1'],
    [
      'a rate',
      'when: { rate: { of: Demo Booked, out_of: { event: page, path: / * }, at_least: 1% } }\npoints: 1'.replace(
        '/ *',
        '/*',
      ),
    ],
    ['days that had an event', 'when: { event: page }\nactive: 2026-03-01..\npoints: 1'],
    ['a property that distinct asks for', 'when: { event: Demo Booked }\ndistinct: product\npoints: 1'],
  ])('%s', async (_, rule) => {
    expect(await warnings(rule)).toEqual([]);
  });
});

describe('a rule that nothing in the history matched is told with its place', () => {
  test.each<[string, string, string]>([
    [
      'a slip of the pen',
      'when: { event: Demo Boked }\npoints: 1',
      '5:5 `a` never counted: in 6 messages no event matches this (Demo Booked?)',
    ],
    [
      'a property of another value',
      'when: { event: demo booked, product: erp }\npoints: 1',
      '5:5 `a` never counted: in 6 messages no event matches this',
    ],
    [
      'what only a machine did',
      'when: { event: Trial Started }\npoints: 1',
      '5:5 `a` never counted: in 6 messages no event matches this',
    ],
    [
      'points of people, which no rule matches',
      'when: { event: score.adjusted }\npoints: 1',
      '5:5 `a` never counted: in 6 messages no event matches this',
    ],
    [
      'an attribute that nobody has',
      'when: { event: page, lead.title: CEO }\npoints: 1',
      '5:26 `a` never counted: in 6 messages no lead has such a value of `lead.title`',
    ],
    [
      'a table of an attribute that no account has',
      'points_by: { account.revenue: { "<50": 1 } }',
      '5:18 `a` never counted: in 6 messages no account has such a value of `account.revenue`',
    ],
    [
      'one of all',
      'when:\n  all:\n    - { event: page }\n    - { event: Trial Started }\npoints: 1',
      '8:11 `a` never counted: in 6 messages no event matches this',
    ],
    [
      'all of any',
      'when: { any: [{ event: x }, { event: y }] }\npoints: 1',
      '5:19 `a` never counted: in 6 messages no event matches this',
    ],
    [
      'a part of a rate',
      'when: { rate: { of: Demo Booked, out_of: Demo Offered, at_least: 1% } }\npoints: 1',
      '5:46 `a` never counted: in 6 messages no event matches this',
    ],
    [
      'days without an event',
      'when: { event: page }\nactive: ..2026-02-28\npoints: 1',
      '5:5 `a` never counted: in 6 messages no event matches this',
    ],
    [
      'a property that distinct asks for and no event has',
      'when: { event: Form Submitted }\ndistinct: form\npoints: 1',
      '6:5 `a` never counted: in 6 messages no event that matches has `form`, which `distinct` asks for',
    ],
  ])('%s', async (_, rule, expected) => {
    expect(await warnings(rule)).toEqual([expected]);
  });

  test('no event that names a key of its score', async () => {
    expect(await warnings('when: { event: page }\npoints: 1', HISTORY, 'by: product\n')).toEqual([
      '6:5 `a` never counted: in 6 messages no event that matches has `product`, which `by` asks for',
    ]);
    expect(await warnings('when: { event: Demo Booked }\npoints: 1', HISTORY, 'by: product\n')).toEqual([]);
  });
});
