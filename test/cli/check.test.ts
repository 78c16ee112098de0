import { join } from 'node:path';

import { expect, test } from 'vitest';

import { folder, RULES } from './folder.ts';
import { run } from './run.ts';

const check = (dir: string, ...args: string[]) => run(['check', '--rules', join(dir, 'rules'), ...args]);

test('says what the rules are, and how many tests passed', async () => {
  const dir = folder({
    ...RULES,
    'rules/scores/intent.test.yaml':
      '- name: a demo counts for thirty days\n' +
      '  events: [{ day: 0, event: Demo Booked }]\n' +
      '  expect: [{ day: 1, rules: { demo: 40 } }, { day: 31, rules: { demo: 0 } }]\n',
  });
  expect(await check(dir)).toEqual({
    code: 0,
    out: '✓ 3 rules in 2 scores, 3 bands, 0 journeys; 1 test passed\n',
    err: '',
  });
});

test('a failed test tells what was expected, what came, and what led to it', async () => {
  const dir = folder({
    ...RULES,
    'rules/bands.test.yaml':
      '- name: a boss who looks at prices is hot\n' +
      '  lead: { title: CEO }\n' +
      '  events: [{ day: 0, event: page, path: /pricing, times: 2, every: 1d }]\n' +
      '  expect:\n' +
      '    - { day: 1, at: 1h, band: warm, total: 49 }\n' +
      '    - { day: 1, at: 1h, band: hot }\n',
  });
  const { code, out, err } = await check(dir);
  expect(code).toBe(1);
  expect(out).toBe('✗ 3 rules in 2 scores, 3 bands, 0 journeys; 1 test failed, 0 passed\n');
  expect(err.split('\n')).toEqual([
    `${join(dir, 'rules/bands.test.yaml')}:6  a boss who looks at prices is hot`,
    '    on day 1 at 1h, band should be hot and is warm; contributions:',
    '        30.00  boss',
    '        19.27  pricing  from 2 events',
    '',
  ]);
});

test('every problem at its line and column, and exit code 1', async () => {
  const dir = folder({
    ...RULES,
    'rules/scores/fit.yaml':
      'score: fit\nrules:\n  boss:\n    why: They decide.\n    wen: { lead.title: CEO }\n    points: 30\n',
    'rules/extra.yaml': 'a: 1\n',
  });
  const { code, out, err } = await check(dir);
  expect({ code, out }).toEqual({ code: 1, out: '✗ 2 problems; tests were not run\n' });
  expect(err.split('\n')).toEqual([
    expect.stringMatching(/rules\/extra\.yaml:1:1 {2}no rule file has this name; /),
    `${join(dir, 'rules/scores/fit.yaml')}:5:5  unknown key \`wen\`; did you mean \`when\`?`,
    '',
  ]);
});

test('a test of a name that does not exist is a problem, not a pass', async () => {
  const dir = folder({
    ...RULES,
    'rules/bands.test.yaml': '- name: x\n  expect: [{ day: 0, rules: { dmo: 0 }, band: wram, mals: [] }]\n',
  });
  const { code, err } = await check(dir);
  expect(code).toBe(1);
  expect(err).toMatch(/bands\.test\.yaml:2:53 {2}unknown key `mals`; did you mean `mails`\?\n$/);
  const names = folder({
    ...RULES,
    'rules/bands.test.yaml': '- name: x\n  expect: [{ day: 0, rules: { dmo: 0 }, band: wram }]\n',
  });
  expect((await check(names)).err.split('\n')).toEqual([
    expect.stringMatching(/bands\.test\.yaml:2:31 {2}there is no rule `dmo`; did you mean `demo`\?$/),
    expect.stringMatching(/bands\.test\.yaml:2:47 {2}there is no band `wram`; did you mean `warm`\?$/),
    '',
  ]);
});

test('warnings are told and fail nothing', async () => {
  const dir = folder({
    ...RULES,
    'rules/scores/fit.yaml':
      'score: fit\nlimit: { max: 40 }\nrules:\n' +
      '  boss: { why: They decide., when: { lead.title: CEO }, points: 30, review_by: 2026-01-31 }\n' +
      '  chief: { why: The same., when: { lead.title: CEO }, points: 20, cap: 10 }\n',
    'rules/bands.yaml': 'total: { sum: { fit: 1 } }\nbands: { cold: 0, hot: 70 }\nqualified: { band: hot }\n',
  });
  const { code, out, err } = await check(dir);
  expect({ code, out }).toEqual({
    code: 0,
    out: '✓ 4 rules in 2 scores, 2 bands, 0 journeys; 0 tests passed\n',
  });
  const told = err
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(join(dir, 'rules/').length));
  expect(told).toEqual([
    'bands.yaml:2:19  warning: no lead can reach `hot`: it begins at 70, and the rules add up to 40',
    'bands.yaml:3:1  warning: no lead can qualify: none of its bands can be reached',
    'scores/fit.yaml:4:80  warning: was to be reviewed by 2026-01-31',
    'scores/fit.yaml:5:3  warning: `chief` has the same condition as `boss`',
    "scores/fit.yaml:5:63  warning: 20 points are more than the rule's cap of 10",
  ]);
});

test('--events warns of rules that a history never matched, beside the other warnings', async () => {
  const dir = folder({
    ...RULES,
    'events.ndjson':
      '{"type":"page","messageId":"1","userId":"ada","timestamp":"2026-02-01T00:00:00Z","properties":{"path":"/pricing"}}\n' +
      '{"type":"track","event":"Demo Bookd","messageId":"2","userId":"ada","timestamp":"2026-02-02T00:00:00Z"}\n' +
      'no event\n',
  });
  const events = join(dir, 'events.ndjson');
  const { code, out, err } = await check(dir, '--events', events);
  expect({ code, out }).toEqual({
    code: 0,
    out: '✓ 3 rules in 2 scores, 3 bands, 0 journeys; 0 tests passed\n',
  });
  expect(err.split('\n')).toEqual([
    `1 line of ${events} left out: \`kindling score\` says why`,
    `${join(dir, 'rules/scores/fit.yaml')}:5:13  warning: \`boss\` never counted: in 2 messages no lead has such a value of \`lead.title\``,
    `${join(dir, 'rules/scores/intent.yaml')}:5:5  warning: \`demo\` never counted: in 2 messages no event matches this; did you mean \`Demo Bookd\`?`,
    '',
  ]);
  const { warnings } = JSON.parse((await check(dir, '--json', '--events', events)).out) as {
    warnings: unknown[];
  };
  expect(warnings).toHaveLength(2);
  expect((await check(dir, '--events', 'nowhere')).err).toBe('kindling: there is no file nowhere\n');
});

test('--json says it all to programs', async () => {
  const dir = folder({
    ...RULES,
    'rules/bands.yaml': 'total: { sum: { fit: 1 } }\nbands: { cold: 0, warm: 20, warm: 30 }\n',
  });
  const { code, out, err } = await check(dir, '--json');
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(JSON.parse(out)).toEqual({
    ok: false,
    ruleset: null,
    issues: [
      { file: 'bands.yaml', line: 2, column: 29, message: 'this key stands twice in the same mapping' },
    ],
    warnings: [],
    tests: { passed: 0, failed: 0, failures: [] },
  });
  const sound = await check(folder(RULES), '--json');
  expect(JSON.parse(sound.out)).toMatchObject({
    ok: true,
    ruleset: expect.stringMatching(/^[0-9a-f]{16}$/) as unknown,
  });
});

test('the default rules are sound, without a warning', async () => {
  const { code, err } = await run(['check', '--rules', join(import.meta.dirname, '../../rules')]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

test('a folder that is not there is one line', async () => {
  expect(await run(['check', '--rules', 'nowhere'])).toEqual({
    code: 1,
    out: '',
    err: 'kindling: the rules folder cannot be read: nowhere: there is no such folder\n',
  });
});
