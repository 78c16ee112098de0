import { describe, expect, test } from 'vitest';
import type { Json } from '../../../core/json.ts';
import { problems, held, scoreFile } from './written.ts';

type Row = readonly [sentence: string, matcher: string, holds: readonly Json[], not: readonly Json[]];

const ROWS: readonly Row[] = [
  ['a text is equal, ignoring case', 'Demo', ['demo', 'DEMO', 'Demo'], ['demos', 'a demo', '']],
  [
    '`*` stands for any run of characters, `/` included',
    '/a*z',
    ['/az', '/a/b/z', '/A-Z'],
    ['/a', 'x/az', '/az/'],
  ],
  ['a number', '5', [5, '5', '5.0', '05'], [50, '5 ', '+5', true, 'five']],
  ['true/false', 'true', [true, 'true', 'TRUE'], [false, 1, 'yes', 'false']],
  ['a list: any of them', '[a, 5]', ['A', 5, '5'], ['b', 6]],
  ['a range, ends included', '50..500', [50, 500, '50.5'], [49.99, 500.01, 'x', '']],
  ['a range with an open beginning', "'..49'", [49, -1000, '49.0'], [49.5, null]],
  ['a range with an open end', "'500..'", [500, 1e9], [499, 'many']],
  [
    'a range of dates',
    '2026-01-10..2026-01-12',
    ['2026-01-10', '2026-01-12T23:59:59Z'],
    ['2026-01-13', '2026-01-09T23:59:59Z'],
  ],
  ['">=50"', "'>=50'", [50, '51'], [49]],
  ['">50"', "'>50'", [50.1], [50]],
  ['"<=50"', "'<=50'", [50, -1], [50.1]],
  ['"<50"', "'<50'", [49, '-3'], [50]],
  ['comparisons of dates', "'<2026-01-10'", ['2026-01-09', '2026-01-09T23:59:59.999Z'], ['2026-01-10', 5]],
  ['a date', '2026-01-10', ['2026-01-10', '2026-01-10T23:00:00Z'], ['2026-01-11', 20260110]],
  ['exists', 'exists', ['x', 0, false, ['', 'a'], {}], [null, '', [], [null, '']]],
  ['missing', 'missing', [null, '', [], [null, '']], ['x', 0, false, {}]],
  ['no regular expressions: a dot is a dot', "'a.c'", ['a.c'], ['abc']],
  ['no regular expressions: a bar is a bar', "'(a|b)'", ['(a|b)'], ['a', 'b']],
  ['ignoring case is NFC', '"Cafe\\u0301"', ['café', 'CAFÉ', 'cafe\u0301'], ['cafe']],
  ['… then locale-free lower case', 'TITLE', ['title', 'TITLE'], ['t\u0131tle']],
  [
    'a text counts as a number if it is -?digits(.digits)?',
    "'>=-3.5'",
    ['-3.5', '0', '7.25'],
    ['1e3', '.5', '5.', '0x10', ' 5', '1,000'],
  ],
  ['… and as a boolean if it is true/false in any case', 'false', ['False', 'FALSE'], ['no', '0']],
  ['a text matcher compares numbers by their JSON form', "'5'", [5, '5'], ['5.0', 50]],
  ['a text matcher compares booleans by their JSON form', "'t*e'", [true, 'true'], [false]],
  ['only `missing` matches what is missing', "['*', exists, '..0', false]", ['a', -1, false], [null, '', []]],
  ['missing members are dropped from a list first', "'*'", [['', 'a']], [['', null]]],
  ['on a list a matcher holds if it holds for any member', 'a', [['b', 'A'], [['a']]], [['b'], ['ab']]],
  [
    'dates without a zone are UTC',
    '2026-01-10T12:00',
    ['2026-01-10T12:00:00Z', '2026-01-10T13:00:00+01:00'],
    ['2026-01-10T12:00:00+01:00'],
  ],
  [
    '`<=` includes the whole day of a bare date',
    "'<=2026-01-10'",
    ['2026-01-10T23:59:59.999Z'],
    ['2026-01-11'],
  ],
  [
    '`..` includes the whole day of a bare date',
    "'..2026-01-10'",
    ['2026-01-10T23:59:59.999Z'],
    ['2026-01-11'],
  ],
  [
    '`>` starts after the day of a bare date',
    "'>2026-01-10'",
    ['2026-01-11'],
    ['2026-01-10', '2026-01-10T23:59:59Z'],
  ],
  ['a day that no month has is no date', "'>2026-01-01'", ['2026-01-31'], ['2026-02-30', '31.01.2026']],
];

describe('a matcher is', () => {
  test.each(ROWS)('%s', async (_sentence, matcher, holds, not) => {
    expect(await held(matcher, [...holds, ...not])).toEqual(holds);
  });
});

describe('a matcher that cannot be meant is an error', () => {
  test.each(["'500..50'", "'>=ten'", "'>2026-02-30'", '[]', '{ a: 1 }'])('%s', async (matcher) => {
    const rule = `{ when: { event: x, p: ${matcher} }, points: 1 }`;
    expect(await problems({ 'scores/s.yaml': scoreFile({ r: rule }) })).toEqual([
      expect.stringMatching(/^scores\/s\.yaml:3:\d+ /),
    ]);
  });
});
