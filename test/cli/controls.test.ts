import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';

import { legible } from '../../cli/controls.ts';
import { inWords as heldInWords } from '../../cli/held.ts';
import { folder } from './folder.ts';
import { run } from './run.ts';

/** What a terminal would obey. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

test.each([
  ['a cleared screen', 'Ann\u001b[2J\u001b[H', 'Ann\\u001b[2J\\u001b[H'],
  ['a window’s title', '\u001b]0;pwned\u0007', '\\u001b]0;pwned\\u0007'],
  ['a written clipboard', '\u001b]52;c;cm0gLXJm\u0007', '\\u001b]52;c;cm0gLXJm\\u0007'],
  ['a sequence that begins with one byte', '\u009b2J', '\\u009b2J'],
  ['a line that is written over', 'cold\rhot', 'cold\\u000dhot'],
  ['text that is taken back', 'hot\b\b\bcold', 'hot\\u0008\\u0008\\u0008cold'],
  ['text that is turned around', '\u202egnp.exe', '\\u202egnp.exe'],
  ['hidden text', '\u001b[8mhidden', '\\u001b[8mhidden'],
])('%s is shown, and not obeyed', (_, text, seen) => {
  for (const coloured of [true, false]) expect(legible(text, coloured)).toBe(seen);
});

test('colours are ours, and only where somebody looks', () => {
  const bold = '\u001b[1mWarm\u001b[22m\n\tnot\u001b[2Jcleared';
  expect(legible(bold, true)).toBe('\u001b[1mWarm\u001b[22m\n\tnot\\u001b[2Jcleared');
  expect(legible(bold, false)).toBe('\\u001b[1mWarm\\u001b[22m\n\tnot\\u001b[2Jcleared');
});

test('JSON stays the same value', () => {
  const value = { name: 'Ann\u001b[2J\u009b2J\u202e\r\nBob' };
  const text = legible(JSON.stringify(value), false);
  expect(text).not.toMatch(OBEYED);
  expect(JSON.parse(text)).toEqual(value);
});

const HOSTILE = 'Ann\u001b[2J\u009b1m\u202e\r\nqualified: 100 points\u001b]0;x\u0007';

test('who a lead is called steers no terminal', async () => {
  const lead = {
    ...{ id: 'x', name: HOSTILE, email: 'ann@a.example', band: 'cold', total: 1, grade: null, group: null },
    ...{ qualified: false, forecast: null, at: 0, challenger: null, adjustments: [] },
    contributions: [{ rule: 'a/b', points: 1, sentence: `Said ${HOSTILE}`, why: HOSTILE, origin: null }],
    ruleset: { hash: 'h', epoch: 1, since: 0, commit: null },
  };
  const server = createServer((_, response) => void response.end(JSON.stringify(lead)));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const at = ['--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, '--token', 't'];
  const words = await run(['explain', 'x', ...at]);
  expect(words.out).not.toMatch(OBEYED);
  // No line that is not ours.
  expect(words.out).not.toMatch(/^qualified/m);
  const json = await run(['explain', 'x', ...at, '--json']);
  expect(json.out).not.toMatch(OBEYED);
  expect((JSON.parse(json.out) as { name: string }).name).toBe(HOSTILE);
});

test('a table has a line for each of its rows', () => {
  const held = [{ handoff: 'lead/x/1', name: HOSTILE, band: 'hot', at: 0, deploy: 3 }];
  expect(heldInWords({ held } as unknown as Parameters<typeof heldInWords>[0]).split('\n')).toHaveLength(5);
});

test('what a pull request writes into rules steers no terminal, nor a log', async () => {
  const dir = folder({
    'bands.yaml': 'bands: { "\\e]0;x\\a\\e[2Jcold": 0, "\\x9b2J": 1 }\n"\\e[8mqualified": { band: [hot] }\n',
    'scores/a.yaml': 'score: "\\e[2J"\nrules: { "\\u202e": { why: "\\r::error::x", points: 1 } }\n',
    'emails/a\u001b[2J.mjml': 'no front matter',
  });
  const { code, out, err } = await run(['check', '--rules', dir]);
  expect(code).not.toBe(0);
  expect(out + err).toContain('\\u001b');
  expect(out + err).not.toMatch(OBEYED);
});
