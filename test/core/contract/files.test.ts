import { describe, expect, test } from 'vitest';
import { loadFiles } from '../../../rulefiles/load.ts';
import { runTests } from '../../../rulefiles/tests.ts';
import { memoryFolder } from '../../rulefiles/memory-folder.ts';
import { day } from '../engine/scenario.ts';
import { type Files, problems, scoreFile, warnings, written } from './written.ts';

const BANDS = 'total: { sum: { s: 1 } }\nbands: { cold: 0 }\n';
const SENDER = { 'settings.yaml': 'sender: { email: hello@lantern.example }\n' };
const MAIL =
  '---\nsubject: Hello\n---\n<mjml><mj-body><mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section></mj-body></mjml>\n';
const rule = (said: string): Files => ({ 'scores/s.yaml': `score: s\nrules:\n  r: ${said}\n` });

test('to score, `scores/` and `bands.yaml` are enough', async () => {
  expect(await problems({})).toEqual([]);
  expect((await written({})).bands.map(({ name }) => name)).toEqual(['cold', 'warm', 'hot']);
});

describe('every file is strict: an error prints file:line:column, what is wrong, and the nearest valid name', () => {
  test.each<[string, Files, string]>([
    [
      'an unknown key',
      rule('{ why: w, when: { event: x }, points: 1, capp: 3 }'),
      'scores/s.yaml:3:47 unknown key `capp` (cap?)',
    ],
    ['a duplicate key', rule('{ why: w, when: { event: x }, points: 1, points: 2 }'), 'scores/s.yaml:3:47 '],
    ['a rule without `why`', rule('{ when: { event: x }, points: 1 }'), 'scores/s.yaml:3:3 '],
    [
      'a malformed range',
      rule("{ why: w, when: { event: x, n: '9..3' }, points: 1 }"),
      'scores/s.yaml:3:37 ',
    ],
    [
      'an unknown score',
      { 'bands.yaml': 'total: { sum: { ss: 1 } }\nbands: { cold: 0 }\n' },
      'bands.yaml:1:17 there is no score `ss` (s?)',
    ],
    [
      'an unknown band',
      { 'bands.yaml': `${BANDS}qualified: { band: [cld] }\n` },
      'bands.yaml:3:21 there is no band `cld` (cold?)',
    ],
    [
      'an unknown email',
      { ...SENDER, 'journeys/j.yaml': 'journey: j\nstart: { band: warm }\nsteps: [{ send: hello }]\n' },
      'journeys/j.yaml:3:17 ',
    ],
    [
      'an unknown group of a rule',
      rule('{ why: w, when: { event: x }, points: 1, group: g }'),
      'scores/s.yaml:3:',
    ],
    [
      'a duration that is none',
      rule('{ why: w, when: { event: x }, points: 1, within: 3 days }'),
      'scores/s.yaml:3:55 ',
    ],
    [
      'a date that is none',
      rule('{ why: w, when: { event: x }, points: 1, review_by: 2026-02-30 }'),
      'scores/s.yaml:3:58 ',
    ],
    [
      'an unknown key of settings',
      { 'settings.yaml': 'timezone: UTC\n' },
      'settings.yaml:1:1 unknown key `timezone` (time_zone?)',
    ],
    ['an unknown time zone', { 'settings.yaml': 'time_zone: Europe/Copenhagn\n' }, 'settings.yaml:1:12 '],
  ])('%s', async (_sentence, files, message) => {
    const found = await problems(files);
    expect(found[0]).toContain(message);
  });
  test('rule names are unique over all scores', async () => {
    const both = { 'scores/t.yaml': scoreFile({ r: '{ when: { event: y }, points: 1 }' }, 'score: t') };
    expect(await problems(both)).toEqual([expect.stringMatching(/^scores\/t\.yaml:3:3 .*`r`/)]);
  });
  test('all of them at once', async () => {
    const files = {
      ...rule('{ why: w, when: { event: x }, points: 1, capp: 3 }'),
      'settings.yaml': 'retention: long\n',
    };
    expect(await problems(files)).toHaveLength(2);
  });
  test('any rule may have `review_by` and `owner`', async () => {
    expect(
      await problems(rule('{ why: w, when: { event: x }, points: 1, review_by: 2027-01-31, owner: Kim }')),
    ).toEqual([]);
  });
});

describe('tests beside rules', () => {
  const PRICING = scoreFile(
    {
      'pricing-page':
        '{ when: { event: page, path: /pricing* }, points: 10, once_per: 1h, cap: 30, half_life: 14d }',
    },
    'score: engagement',
  );
  const files = (test: string): Files => ({
    'scores/engagement.yaml': PRICING,
    'bands.yaml': 'total: { sum: { engagement: 1 } }\nbands: { cold: 0, semi-warm: 20 }\n',
    'scores/engagement.test.yaml': test,
  });
  const run = async (test: string) => {
    const folder = memoryFolder(files(test));
    const loaded = await loadFiles(folder);
    if (!loaded.ok) throw new Error('these rules are sound');
    return runTests(folder, loaded.value);
  };
  test('the one of the page: pricing views fade first, then the cap applies', async () => {
    const report = await run(`- name: pricing views fade first, then the cap applies
  lead: { title: CTO }
  events: [{ day: 0, event: page, path: /pricing, times: 4, every: 2h }]
  expect:
    - { day: 1,  rules: { pricing-page: 30 }, band: semi-warm }
    - { day: 15, rules: { pricing-page: 19 } }
`);
    expect(report).toMatchObject({ passed: 1, failures: [], issues: [] });
  });
  test('`expect` may name scores, total, rules, band, grade, group and qualified; `at` is the hour', async () => {
    const { failures } = await run(`- name: x
  events: [{ day: 0, at: 6h, event: page, path: /pricing }]
  expect:
    - { day: 0, at: 5h, total: 0, band: cold }
    - { day: 0, at: 6h, scores: { engagement: 10 }, total: 10, rules: { pricing-page: 10 }, band: cold, qualified: false }
`);
    expect(failures).toEqual([]);
  });
  test('a failure tells expected, got, and the contributions that led to the number', async () => {
    const { failures } = await run(`- name: x
  events: [{ day: 0, event: page, path: /pricing }]
  expect: [{ day: 0, total: 11 }]
`);
    expect(failures).toMatchObject([{ what: 'total', expected: '11', got: '10' }]);
    expect(JSON.stringify(failures)).toContain('pricing-page');
  });
});

describe('lint warns of', () => {
  const fit = (rules: Record<string, string>, head?: string): Files => ({
    'scores/s.yaml': scoreFile(rules, head),
    'bands.yaml': BANDS,
  });
  test.each<[string, Files, RegExp]>([
    [
      'a band that no sum of caps can reach',
      {
        ...fit({ r: '{ when: { event: x }, points: 9, cap: 9 }' }),
        'bands.yaml': `${BANDS.replace('cold: 0', 'cold: 0, hot: 10')}`,
      },
      /hot/,
    ],
    ['a rule whose points exceed its cap', fit({ r: '{ when: { event: x }, points: 9, cap: 5 }' }), /cap/],
    [
      '… or its group’s',
      fit({ r: '{ when: { event: x }, points: 9, group: g }' }, 'score: s\ngroups: { g: { max: 5 } }'),
      /group/,
    ],
    ['gaps in `points_by`', fit({ r: "{ points_by: { lead.size: { '..9': 1, '20..': 2 } } }" }), /10 to 19/],
    [
      'two rules with the same condition',
      fit({ a: '{ when: { event: x }, points: 1 }', b: '{ when: { event: x }, points: 2 }' }),
      /same condition/,
    ],
    [
      'a rule past `review_by`',
      fit({ r: '{ when: { event: x }, points: 1, review_by: 2025-12-31 }' }),
      /reviewed/,
    ],
    [
      'a text that looks like a regular expression',
      fit({ r: "{ when: { event: page, path: '^/pricing.*$' }, points: 1 }" }),
      /regular expressions/,
    ],
    ['an email that nothing uses', { ...SENDER, 'emails/hello.mjml': MAIL }, /emails\/hello\.mjml.*sends/],
  ])('%s', async (_sentence, files, message) => {
    expect(await warnings(files, day(0))).toEqual([expect.stringMatching(message)]);
  });
  test('and of nothing else', async () => {
    expect(await warnings({})).toEqual([]);
  });
});
