import { describe, expect, test } from 'vitest';

import { loadFiles } from '../../rulefiles/load.ts';
import { memoryFolder, told } from './memory-folder.ts';

const MAIL =
  '---\nsubject: Hello\n---\n<mjml><mj-body><mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section></mj-body></mjml>\n';

const SOUND = {
  'settings.yaml': 'sender: { email: hello@lantern.example }\n',
  'scores/fit.yaml':
    'score: fit\nrules:\n  boss: { why: They decide., when: { lead.title: CEO }, points: 40 }\n',
  'scores/intent.yaml':
    'score: intent\nrules:\n  demo: { why: They ask., when: { event: Demo Booked }, once: true, points: 40 }\n',
  'bands.yaml': 'total: { sum: { fit: 1, intent: 1 } }\nbands: { cold: 0, warm: 20, hot: 70 }\n',
};
const NOW = Date.UTC(2026, 2, 1, 12);

async function warnings(files: Readonly<Record<string, string>>): Promise<string[]> {
  const loaded = await loadFiles(memoryFolder({ ...SOUND, ...files }), [], { now: NOW });
  expect(loaded.ok ? [] : loaded.issues.map(told)).toEqual([]);
  return loaded.warnings.map(told);
}

const fit = (...rules: string[]): Record<string, string> => ({
  'scores/fit.yaml': `score: fit\ngroups: { reading: { min: -5, max: 30 } }\nrules:\n${rules.map((rule) => `  ${rule}\n`).join('')}`,
});
const sizes = (lines: string): Record<string, string> =>
  fit(
    `size: { why: w, points_by: { account.employees: ${lines} } }`,
    'boss: { why: w, when: { lead.title: CEO }, points: 40 }',
  );
const bands = (text: string): Record<string, string> => ({ 'bands.yaml': text });

test('sound rules have no warnings', async () => {
  expect(await warnings({})).toEqual([]);
});

describe('points that something lets through only in part', () => {
  test.each<[string, Record<string, string>, string[]]>([
    [
      'points above the cap',
      fit(
        'boss: { why: w, when: { lead.title: CEO }, points: 40, cap: 30 }',
        'a: { why: w, when: { event: x }, points: 9 }',
      ),
      ["scores/fit.yaml:4:54 40 points are more than the rule's cap of 30"],
    ],
    [
      'points below a cap below 0',
      fit(
        'boss: { why: w, when: { lead.title: CEO }, points: 40 }',
        'a: { why: w, when: { event: x }, points: -9, cap: -5 }',
      ),
      ["scores/fit.yaml:5:44 -9 points are more than the rule's cap of -5"],
    ],
    [
      'a step above the cap',
      fit(
        'boss: { why: w, when: { event: x }, steps: { 1: 5, 2: 20 }, cap: 10 }',
        'a: { why: w, when: { event: y }, points: 9 }',
      ),
      ["scores/fit.yaml:4:57 20 points are more than the rule's cap of 10"],
    ],
    [
      'points above the group',
      fit(
        'boss: { why: w, when: { lead.title: CEO }, points: 40, group: reading }',
        'a: { why: w, when: { event: x }, points: 9 }',
      ),
      ['scores/fit.yaml:4:54 40 points are more than the group `reading` lets through'],
    ],
    [
      'points below the group',
      fit(
        'boss: { why: w, when: { lead.title: CEO }, points: 40 }',
        'a: { why: w, when: { event: x }, points: -9, group: reading }',
      ),
      ['scores/fit.yaml:5:44 -9 points are more than the group `reading` lets through'],
    ],
    [
      'a line of points_by above the cap',
      fit(
        'size: { why: w, points_by: { lead.employees: { "<50": 5, "50..": 40 } }, cap: 20 }',
        'a: { why: w, when: { event: x }, points: 9 }',
      ),
      ["scores/fit.yaml:4:68 40 points are more than the rule's cap of 20"],
    ],
    [
      'a cap on the other side of 0',
      fit(
        'boss: { why: w, when: { event: b }, points: 40, cap: -10 }',
        'a: { why: w, when: { event: x }, points: 9 }',
      ),
      ['scores/fit.yaml:4:56 a cap of -10 never holds a rule that gives 40'],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await warnings(files)).toEqual(expected);
  });
});

describe('values that no line of points_by is for', () => {
  test.each([
    ['{ "<50": 5, "100..499": 20, "500..": 30 }', ['50 to 99']],
    ['{ "..49": 5, "50..499": 20, ">500": 30 }', ['500']],
    ['{ "500..": 30, "50..100": 20, "..10": 5 }', ['11 to 49', '101 to 499']],
    ['{ "<0.2": 5, "0.5..": 20 }', ['0.2 to 0.5']],
    ['{ "<0.5": 5, ">0.5": 20 }', ['0.5']],
    ['{ 1: 5, 2: 10, 5: 30 }', ['3 to 4']],
    ['{ "..2025-03-31": 5, "2025-05-01..": 20 }', ['2025-04-01 to 2025-04-30']],
  ])('%s', async (lines, gaps) => {
    expect(await warnings(sizes(lines))).toEqual(
      gaps.map((gap) => `scores/fit.yaml:4:32 no line is for ${gap}, which gives 0 points`),
    );
  });

  test.each([
    '{ "<50": 5, "50..499": 20, "500..": 30 }',
    '{ "..49": 5, "50..499": 20, "500..": 30 }',
    '{ ">=80": 15, ">=50": 8, "..49": 1 }',
    '{ "50..499": 20, "500..": 30 }',
    '{ "..2025-03-31": 5, "2025-04-01..": 20 }',
    '{ small: 5, large: 20 }',
    '{ "<0.5": 5, ">=0.5": 20 }',
  ])('there are none in %s', async (lines) => {
    expect(await warnings(sizes(lines))).toEqual([]);
  });
});

describe('two rules with the same condition', () => {
  test('in one file, however the keys are ordered', async () => {
    expect(
      await warnings(
        fit(
          'a: { why: w, when: { event: page, path: /pricing }, points: 40 }',
          'b: { why: w, when: { path: /pricing, event: page }, points: 9 }',
        ),
      ),
    ).toEqual(['scores/fit.yaml:5:3 `b` has the same condition as `a`']);
  });

  test('in two files of one score', async () => {
    expect(
      await warnings({
        'scores/more.yaml':
          'score: fit\nrules:\n  chief: { why: They decide., when: { lead.title: CEO }, points: 9 }\n',
      }),
    ).toEqual(['scores/more.yaml:3:3 `chief` has the same condition as `boss`']);
  });

  test('two tables of one attribute', async () => {
    expect(
      await warnings(
        fit(
          'a: { why: w, points_by: { lead.size: { small: 5, large: 40 } } }',
          'b: { why: w, points_by: { lead.size: { small: 5 } } }',
        ),
      ),
    ).toEqual(['scores/fit.yaml:5:3 `b` has the same condition as `a`']);
  });

  test('are no warning in two scores, when they count in two ways, or last for two times', async () => {
    expect(
      await warnings({
        ...fit(
          'a: { why: w, when: { event: Demo Booked }, once: true, points: 40 }',
          'b: { why: w, when: { event: Demo Booked }, at_least: 3, points: 9 }',
          'c: { why: w, when: { event: Demo Booked }, once: true, points: 9, within: 7d }',
        ),
      }),
    ).toEqual([]);
  });
});

describe('what no sum of caps can reach', () => {
  test.each<[string, Record<string, string>, string[]]>([
    [
      'a band above the rules',
      bands('total: { sum: { fit: 1, intent: 1 } }\nbands: { cold: 0, hot: 81 }\n'),
      ['bands.yaml:2:19 no lead can reach `hot`: it begins at 81, and the rules add up to 80'],
    ],
    [
      'a band above the limit of the total',
      bands('total: { sum: { fit: 1, intent: 1 }, limit: { max: 60 } }\nbands: { cold: 0, hot: 70 }\n'),
      ['bands.yaml:2:19 no lead can reach `hot`: it begins at 70, and the rules add up to 60'],
    ],
    [
      'a band of one score',
      bands('bands: { of: fit, cold: 0, hot: 41 }\n'),
      ['bands.yaml:1:28 no lead can reach `hot`: it begins at 41, and the rules add up to 40'],
    ],
    [
      'a band above groups, steps and tables',
      {
        ...fit(
          'a: { why: w, when: { event: page }, points: 20, group: reading }',
          'b: { why: w, when: { event: form }, steps: { 1: 5, 3: 10 } }',
          'c: { why: w, points_by: { lead.size: { small: 5, large: 8 } } }',
          'd: { why: w, when: { inactive: 14d }, every: 7d, points: -5, cap: -20 }',
        ),
        ...bands('bands: { of: fit, cold: 0, warm: 53, hot: 54 }\n'),
      },
      ['bands.yaml:1:38 no lead can reach `hot`: it begins at 54, and the rules add up to 53'],
    ],
    [
      'a band of a total that takes a score away',
      bands('total: { sum: { fit: -1, intent: 1 } }\nbands: { cold: 0, hot: 41 }\n'),
      ['bands.yaml:2:19 no lead can reach `hot`: it begins at 41, and the rules add up to 40'],
    ],
    [
      'qualified by a band',
      bands(
        'total: { sum: { fit: 1, intent: 1 } }\nbands: { cold: 0, hot: 81 }\nqualified: { band: [hot] }\n',
      ),
      [
        'bands.yaml:2:19 no lead can reach `hot`: it begins at 81, and the rules add up to 80',
        'bands.yaml:3:1 no lead can qualify: none of its bands can be reached',
      ],
    ],
    [
      'qualified by a group',
      bands(
        'total: { sum: { fit: 1 } }\nbands: { cold: 0 }\ngroups: { a: { fit: ">40" }, b: { intent: "..-1" } }\nqualified: { group: [a, b] }\n',
      ),
      ['bands.yaml:4:1 no lead can qualify: none of its groups can be reached'],
    ],
    [
      'qualified by a grade',
      bands(
        'total: { sum: { fit: 1 } }\nbands: { cold: 0 }\ngrades: { of: fit, A: 50, B: 20 }\nqualified: { grade: A }\n',
      ),
      ['bands.yaml:4:1 no lead can qualify: none of its grades can be reached'],
    ],
    [
      'a band of accounts, and what qualifies them',
      {
        'accounts.yaml':
          'account:\n  rollup: { fit: { sum: fit, best: 3 } }\n  bands: { of: fit, quiet: 0, loud: 121 }\n  qualified: { band: loud }\n',
      },
      [
        'accounts.yaml:3:31 no account can reach `loud`: it begins at 121, and the rules add up to 120',
        'accounts.yaml:4:3 no account can qualify: none of its bands can be reached',
      ],
    ],
    [
      'a journey that only leads in such a band start',
      {
        ...bands('total: { sum: { fit: 1, intent: 1 } }\nbands: { cold: 0, hot: 81 }\n'),
        'journeys/welcome.yaml': 'journey: welcome\nstart: { band: hot }\nsteps:\n  - set: { lead.x: 1 }\n',
      },
      [
        'bands.yaml:2:19 no lead can reach `hot`: it begins at 81, and the rules add up to 80',
        'journeys/welcome.yaml:2:16 nothing starts `welcome`: no lead can reach its bands',
      ],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await warnings(files)).toEqual(expected);
  });

  test.each<[string, Record<string, string>]>([
    [
      'a rule without a cap may award without end',
      {
        ...fit('a: { why: w, when: { event: x }, points: 1 }'),
        ...bands('bands: { of: fit, cold: 0, hot: 900 }\n'),
      },
    ],
    [
      'a keyed score may have any number of keys',
      {
        'scores/product.yaml':
          'score: product\nby: product\nrules:\n  used: { why: w, when: { event: used }, once: true, points: 5 }\n',
        ...bands('total: { sum: { product: sum } }\nbands: { cold: 0, hot: 900 }\n'),
      },
    ],
    [
      'an account may have any number of people',
      {
        'accounts.yaml':
          'account:\n  rollup: { fit: { sum: fit } }\n  bands: { of: fit, quiet: 0, loud: 900 }\n',
      },
    ],
    ['the lowest band is where everybody starts', bands('bands: { of: fit, cold: 90 }\n')],
    [
      'one of several that qualify is enough',
      bands(
        'total: { sum: { fit: 1 } }\nbands: { cold: 0 }\ngroups: { a: { fit: ">40" }, b: { fit: [40, 90] } }\nqualified: { group: [a, b] }\n',
      ),
    ],
  ])('%s', async (_, files) => {
    expect(await warnings(files)).toEqual([]);
  });
});

test('a rule past its review is told from the next day on', async () => {
  const reviewed = (date: string): Record<string, string> =>
    fit(`boss: { why: w, when: { lead.title: CEO }, points: 40, review_by: ${date} }`);
  expect(await warnings(reviewed('2026-03-01'))).toEqual([]);
  expect(await warnings(reviewed('2026-02-28'))).toEqual([
    'scores/fit.yaml:4:69 was to be reviewed by 2026-02-28',
  ]);
});

test('a mail that nothing sends', async () => {
  expect(await warnings({ 'emails/tips.mjml': MAIL })).toEqual([
    'emails/tips.mjml:1:1 no journey sends `tips`',
  ]);
});

describe('a text that looks like a regular expression', () => {
  const TOLD =
    'there are no regular expressions: this text is compared as it is, but for `*`, which is any run of characters; several texts are a list';
  test.each([
    '/^\\/pricing$/',
    '^CEO',
    '/pricing.*',
    '(CEO|CTO)',
    'CEO|CTO',
    'v\\d',
    'v[0-9]',
    '/\\.example$/i',
  ])('%s is told to be compared as it is', async (text) => {
    const rule = `boss: { why: w, when: { lead.title: [CEO, '${text}'] }, points: 40 }`;
    expect(await warnings(fit(rule))).toEqual([`scores/fit.yaml:4:45 ${TOLD}`]);
  });
  test('wherever it stands', async () => {
    const inside = "a: { why: w, when: { any: [{ not: { event: page, path: '/a.*' } }] }, points: 40 }";
    const line = "b: { why: w, points_by: { lead.title: { 'C.O|VP': 5, '*': 1 } } }";
    expect(await warnings(fit(inside, line))).toEqual([
      expect.stringMatching(/^scores\/fit.yaml:4:\d+ there are no/),
      expect.stringMatching(/^scores\/fit.yaml:5:\d+ there are no/),
    ]);
  });
  test.each([
    '/pricing/',
    '/blog/*',
    '*@acme.example',
    'US$ 5',
    'C++',
    'Q&A (live)',
    'A | B',
    'a-b [draft]',
    '?',
  ])('%s is a text as people write them', async (text) => {
    const rule = `boss: { why: w, when: { lead.title: '${text}' }, points: 40 }`;
    expect(await warnings(fit(rule))).toEqual([]);
  });
});
