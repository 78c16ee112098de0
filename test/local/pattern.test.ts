import { describe, expect, test } from 'vitest';
import { compilePattern } from '../../local/pattern.ts';

const EVENT = {
  source: 'shop',
  'detail-type': 'order.placed',
  account: '000000000000',
  resources: ['arn:one', 'arn:two'],
  detail: {
    total: 120.5,
    count: 0,
    vip: true,
    coupon: null,
    note: '',
    lines: [
      { sku: 'a', price: 10 },
      { sku: 'b', price: 90 },
    ],
    none: [],
    nested: { deep: { word: 'kindling' } },
  },
};

describe('an event pattern', () => {
  test.each<[string, unknown, boolean]>([
    ['an exact string', { source: ['shop'] }, true],
    ['one of several strings', { source: ['other', 'shop'] }, true],
    ['another string', { source: ['other'] }, false],
    ['case counts', { source: ['Shop'] }, false],
    ['all fields must match', { source: ['shop'], account: ['1'] }, false],
    ['an absent field', { region: ['us-east-1'] }, false],
    ['a list matches by one of its values', { resources: ['arn:two'] }, true],
    ['a list without the value', { resources: ['arn:three'] }, false],
    ['a nested field', { detail: { nested: { deep: { word: ['kindling'] } } } }, true],
    ['a number', { detail: { total: [120.5] } }, true],
    ['a number is no string', { detail: { total: ['120.5'] } }, false],
    ['true', { detail: { vip: [true] } }, true],
    ['null', { detail: { coupon: [null] } }, true],
    ['null does not match an absent field', { detail: { absent: [null] } }, false],
    ['the empty string', { detail: { note: [''] } }, true],
    ['a prefix', { 'detail-type': [{ prefix: 'order.' }] }, true],
    ['another prefix', { 'detail-type': [{ prefix: 'refund.' }] }, false],
    ['a prefix of a number', { detail: { total: [{ prefix: '1' }] } }, false],
    ['anything but', { source: [{ 'anything-but': 'bank' }] }, true],
    ['anything but this', { source: [{ 'anything-but': ['bank', 'shop'] }] }, false],
    ['anything but a number', { detail: { count: [{ 'anything-but': 0 }] } }, false],
    ['anything but a prefix', { source: [{ 'anything-but': { prefix: 'sh' } }] }, false],
    ['anything but needs the field', { detail: { absent: [{ 'anything-but': 'x' }] } }, false],
    ['exists', { detail: { total: [{ exists: true }] } }, true],
    ['null exists', { detail: { coupon: [{ exists: true }] } }, true],
    ['an object is no leaf that exists', { detail: { nested: [{ exists: true }] } }, false],
    ['does not exist', { detail: { absent: [{ exists: false }] } }, true],
    ['does not exist under an absent parent', { other: { absent: [{ exists: false }] } }, true],
    ['does exist', { detail: { total: [{ exists: false }] } }, false],
    ['an empty list is as good as absent', { detail: { none: [{ exists: false }] } }, true],
    ['a bound', { detail: { total: [{ numeric: ['>', 100] }] } }, true],
    ['two bounds', { detail: { total: [{ numeric: ['>=', 100, '<', 120.5] }] } }, false],
    ['equal to a number', { detail: { total: [{ numeric: ['=', 120.5] }] } }, true],
    ['a bound on a string', { source: [{ numeric: ['>', 0] }] }, false],
    ['a value or an operator', { source: ['bank', { prefix: 'sh' }] }, true],
    ['$or by its second choice', { $or: [{ source: ['bank'] }, { account: ['000000000000'] }] }, true],
    ['$or with another field', { $or: [{ source: ['shop'] }, { source: ['x'] }], account: ['1'] }, false],
    ['$or inside', { detail: { $or: [{ total: [1] }, { count: [0] }] } }, true],
    ['one object of a list', { detail: { lines: { sku: ['b'], price: [90] } } }, true],
    ['not two objects together', { detail: { lines: { sku: ['a'], price: [90] } } }, false],
    ['names of Object.prototype are ordinary', { detail: { constructor: [{ exists: false }] } }, true],
  ])('%s', (_name, pattern, expected) => {
    expect(compilePattern(pattern)(EVENT)).toBe(expected);
  });

  test.each<[string, unknown, RegExp]>([
    ['suffix', { source: [{ suffix: '.png' }] }, /pattern\.source\[0\]: the pattern operator "suffix"/],
    ['wildcard', { source: [{ wildcard: 'a*' }] }, /"wildcard" is not supported/],
    ['cidr', { detail: { ip: [{ cidr: '10.0.0.0/8' }] } }, /pattern\.detail\.ip\[0\].*"cidr"/],
    ['equals-ignore-case', { source: [{ 'equals-ignore-case': 'SHOP' }] }, /not supported/],
    [
      'prefix without case',
      { source: [{ prefix: { 'equals-ignore-case': 'SH' } }] },
      /prefix takes a string/,
    ],
    ['anything-but suffix', { source: [{ 'anything-but': { suffix: 'x' } }] }, /nothing else is supported/],
    ['a bare value', { source: 'shop' }, /a pattern is an object, its leaves are lists/],
    ['an empty list', { source: [] }, /matches nothing/],
    ['an empty pattern', {}, /an empty pattern/],
    ['two operators in one entry', { source: [{ prefix: 'a', exists: true }] }, /one operator/],
    ['a wrong bound', { detail: { total: [{ numeric: ['~', 1] }] } }, /numeric takes/],
    ['one choice', { $or: [{ source: ['shop'] }] }, /two or more/],
  ])('refuses %s by name', (_name, pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message);
  });
});
