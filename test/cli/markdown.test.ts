import { expect, test } from 'vitest';

import { cell, code, words } from '../../cli/markdown.ts';

test.each([
  ['a_b*c', 'a\\_b\\*c'],
  ['[here](x)', '\\[here\\](x)'],
  ['<img> & co', '\\<img\\> \\& co'],
  ['two\nlines', 'two lines'],
  ['@sales, #12 and a # b', '@\u200bsales, \\#\u200b12 and a \\# b'],
  ['www.evil.example', 'www\u200b.evil.example'],
  ['https://evil.example', 'https\u200b://evil.example'],
  ['GH-12', 'GH\u200b-12'],
  ['unknown key `ca|pp`', 'unknown key `ca|pp`'],
  ['one ` alone', 'one \\` alone'],
])('words are only words: %j', (text, markdown) => {
  expect(words(text)).toBe(markdown);
});

test.each([
  ['plain', '`plain`'],
  ['a`b', '``a`b``'],
  ['`a`', '`` `a` ``'],
])('code is as it is: %j', (text, markdown) => {
  expect(code(text)).toBe(markdown);
});

test('a stroke ends no cell, however it comes in', () => {
  for (const text of ['a|b', 'a\\|b', 'a\\\\|b'])
    for (const markdown of [words(text), code(text)]) expect(cell(markdown)).toMatch(/[^\\](\\\\)*\\\|/);
});
