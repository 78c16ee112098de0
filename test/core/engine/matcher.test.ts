import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';

import { matcher, matcherProblem, type MatcherInput } from '../../../core/engine/matcher.ts';

const holds = (input: MatcherInput, value: unknown): boolean => matcher(input)(value);

describe('a text', () => {
  test('equals, ignoring case and how accents are composed', () => {
    expect(holds('Demo Booked', 'demo BOOKED')).toBe(true);
    expect(holds('Café', 'CAFE\u0301')).toBe(true);
    expect(holds('Demo', 'Demo Booked')).toBe(false);
  });
  test('lower-cases without a locale', () => {
    expect(holds('i', 'I')).toBe(true);
    expect(holds('straße', 'STRASSE')).toBe(false);
  });
  test('has * for any run of characters, / included', () => {
    expect(holds('/pricing*', '/pricing/eu/de')).toBe(true);
    expect(holds('*head*of*', 'The Head, of IT')).toBe(true);
    expect(holds('a*b', 'acb ')).toBe(false);
    expect(holds('*', '')).toBe(false);
  });
  test('compares numbers and booleans by their JSON form', () => {
    expect(holds('50', 50)).toBe(true);
    expect(holds('5*', 57)).toBe(true);
    expect(holds('TRUE', true)).toBe(true);
    expect(holds('50.0', 50)).toBe(false);
  });
  test('is no regular expression', () => {
    expect(holds('a.c', 'abc')).toBe(false);
  });
  test('never equals an object', () => {
    expect(holds('[object Object]', {})).toBe(false);
  });
});

describe('a number', () => {
  test('equals numbers, and texts that say one', () => {
    expect(holds(50, 50)).toBe(true);
    expect(holds(50, '50.0')).toBe(true);
    expect(holds(50, '050')).toBe(true);
    expect(holds(-0.5, '-0.5')).toBe(true);
  });
  test('reads no other writing as a number', () => {
    for (const text of ['5e1', ' 50', '50 ', '+50', '50.', '.5', '0x32', '50,0', ''])
      expect(holds(50, text)).toBe(false);
  });
});

test('a boolean equals booleans, and texts that say it in any case', () => {
  expect(holds(true, true)).toBe(true);
  expect(holds(true, 'True')).toBe(true);
  expect(holds(false, 'FALSE')).toBe(true);
  expect(holds(true, 1)).toBe(false);
  expect(holds(false, null)).toBe(false);
});

describe('ranges and comparisons', () => {
  test.each([
    ['50..500', [50, '500', 50.5], [49.999, 501, 'many', true]],
    ['..49', [49, -1000, '0'], [49.5]],
    ['500..', [500, 1e300], [499]],
    ['-5..-1', [-3], [0]],
    ['>=50', [50, 51], [49.9]],
    ['>50', [50.1], [50]],
    ['<=50', [50], [50.1]],
    ['< 50', [49], [50]],
  ])('%s', (input, inside, outside) => {
    for (const value of inside) expect(holds(input, value)).toBe(true);
    for (const value of outside) expect(holds(input, value)).toBe(false);
  });
});

describe('dates', () => {
  test('a bare date is its whole UTC day', () => {
    expect(holds('2026-03-01', '2026-03-01T23:59:59.999Z')).toBe(true);
    expect(holds('2026-03-01', '2026-03-02T00:00:00Z')).toBe(false);
    expect(holds('<=2026-03-01', '2026-03-01T18:00:00Z')).toBe(true);
    expect(holds('>2026-03-01', '2026-03-01T18:00:00Z')).toBe(false);
    expect(holds('>2026-03-01', '2026-03-02')).toBe(true);
    expect(holds('2026-02-01..2026-03-01', '2026-03-01T12:00')).toBe(true);
    expect(holds('<2026-03-01', '2026-02-28T23:59:59Z')).toBe(true);
  });
  test('without a zone they are UTC, with one they are shifted', () => {
    expect(holds('2026-03-01T10:00', '2026-03-01T12:00:00+02:00')).toBe(true);
    expect(holds('2026-03-01', '2026-03-02T00:30:00+01:00')).toBe(true);
  });
  test('a day that the calendar does not have is no date', () => {
    expect(holds('2026-02-01..', '2026-02-30')).toBe(false);
    expect(matcherProblem('2026-02-30')).toMatch(/not a date/);
  });
});

describe('missing', () => {
  test.each([[undefined], [null], [''], [[]], [['', null]]])(
    '%j is missing, and nothing else matches it',
    (value) => {
      expect(holds('missing', value)).toBe(true);
      for (const input of ['exists', '*', '..5', 'null', 0, false] as const)
        expect(holds(input, value)).toBe(false);
    },
  );
  test.each([[0], [false], [' '], [{}], [['', 'a']]])('%j exists', (value) => {
    expect(holds('exists', value)).toBe(true);
    expect(holds('missing', value)).toBe(false);
  });
  test('may be one of several', () => {
    expect(holds(['missing', 'NO'], null)).toBe(true);
    expect(holds(['missing', 'NO'], 'no')).toBe(true);
    expect(holds(['missing', 'NO'], 'dk')).toBe(false);
  });
});

test('on a list any member is enough, lists in lists too', () => {
  expect(holds('crm', ['erp', 'CRM'])).toBe(true);
  expect(holds('5..', [1, [2, '7']])).toBe(true);
  expect(holds(['a', 'b'], ['c'])).toBe(false);
});

test.each([
  '500..50',
  '50..x',
  'x..50',
  '..',
  'a..b',
  '50...60',
  '>=',
  '>=many',
  '<2026-13-01',
  '2026-01-01..5',
  '',
])('`%s` is malformed', (input) => expect(matcherProblem(input)).not.toBeNull());
test.each(['../images/*', 'Wait for it... soon', 'Demo', '*', '/a..b/c'])('`%s` is a plain text', (input) =>
  expect(matcherProblem(input)).toBeNull(),
);

test.prop([fc.stringMatching(/^[ab*]{0,8}$/), fc.stringMatching(/^[ab]{0,12}$/)])(
  'stars match as a regular expression would',
  (pattern, text) => {
    fc.pre(pattern !== '' && text !== '');
    expect(holds(pattern, text)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text));
  },
);

test('many stars take no longer than few', () => {
  const began = performance.now();
  expect(holds('*a'.repeat(30) + 'b', 'a'.repeat(100_000))).toBe(false);
  expect(performance.now() - began).toBeLessThan(1000);
});
