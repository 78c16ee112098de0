import { expect, test } from 'vitest';

import { loadFiles } from '../../rulefiles/load.ts';
import { runTests, type TestReport } from '../../rulefiles/tests.ts';
import { memoryFolder, told } from './memory-folder.ts';

const RULES = {
  'scores/engagement.yaml':
    'score: engagement\nrules:\n' +
    '  page: { why: They look., when: { event: page }, points: 10, within: 10d }\n' +
    '  large: { why: They need more., when: { account.employees: 100.. }, points: 5 }\n',
  'bands.yaml': 'total: { sum: { engagement: 1 } }\nbands: { cold: 0, hot: 100 }\n',
  'accounts.yaml':
    'account:\n  rollup: { engagement: { sum: engagement, best: 2 }, most: { max: engagement } }\n' +
    '  bands: { of: engagement, quiet: 0, surging: { enter: 40, leave: 25 } }\n' +
    '  qualified: { band: surging, people: 2 }\n',
};

/** A lead who looks once, a colleague who looks three times on the next day, and one who does nothing. */
const people =
  '- name: x\n' +
  '  events: [{ day: 0, event: page }]\n' +
  '  colleagues:\n' +
  '    - events: [{ day: 1, event: page, times: 3, every: 1h }]\n' +
  '    - lead: { title: CFO }\n';

async function run(text: string, rules: Record<string, string> = RULES): Promise<TestReport> {
  const files = memoryFolder({ ...rules, 'accounts.test.yaml': text });
  const loaded = await loadFiles(files);
  if (!loaded.ok) throw new Error(loaded.issues.map(told).join('\n'));
  return runTests(files, loaded.value);
}

test('an expectation may say where the account of several people stands', async () => {
  const { passed, failures, issues } = await run(
    people +
      '  expect:\n' +
      '    - { day: 0, account: { engagement: 10, most: 10, band: quiet, people: 1, qualified: false } }\n' +
      '    - { day: 2, account: { engagement: 40, most: 30, band: surging, people: 2, qualified: true } }\n' +
      '    - { day: 2, total: 10 }\n',
  );
  expect({ passed, failures, issues }).toEqual({ passed: 1, failures: [], issues: [] });
});

test("an account's band has a memory: entered at 40, it is left below 25", async () => {
  const { failures } = await run(
    people +
      '  expect:\n' +
      '    - { day: 10, at: 1h, account: { engagement: 30, band: surging, people: 1, qualified: false } }\n' +
      '    - { day: 11, at: 30m, account: { engagement: 20, band: quiet } }\n',
  );
  expect(failures).toEqual([]);
});

test('what is said of the account is known of every person in it', async () => {
  const { failures } = await run(
    '- name: x\n  account: { employees: 200 }\n  colleagues: [{}, {}]\n' +
      '  expect: [{ day: 0, scores: { engagement: 5 }, account: { engagement: 10, people: 3 } }]\n',
  );
  expect(failures).toEqual([]);
});

test('a failure names the number of the account', async () => {
  const { failures } = await run(
    people + '  expect: [{ day: 2, account: { engagement: 50, band: quiet } }]\n',
  );
  expect(failures.map(({ what, expected, got }) => [what, expected, got])).toEqual([
    ['account.engagement', '50', '40'],
    ['account.band', 'quiet', 'surging'],
  ]);
});

test('names that accounts.yaml does not have are problems, with the nearest that it has', async () => {
  const { issues } = await run(
    '- name: x\n  expect: [{ day: 2, account: { engagment: 50, band: surgin, peple: 2 } }]\n',
  );
  expect(issues.map(told)).toEqual([
    'accounts.test.yaml:2:33 there is no `engagment` in `rollup` (engagement?)',
    'accounts.test.yaml:2:62 there is no `peple` in `rollup` (people?)',
    'accounts.test.yaml:2:54 there is no band `surgin` of accounts (surging?)',
  ]);
});

test('without accounts.yaml there is no account to expect anything of', async () => {
  const { 'accounts.yaml': _, ...others } = RULES;
  const { issues } = await run('- name: x\n  expect: [{ day: 2, account: { engagement: 50 } }]\n', others);
  expect(issues.map(told)).toEqual([
    'accounts.test.yaml:2:22 there is no accounts.yaml that says what an account is',
  ]);
});

test('a keyed score of the account is told key by key, or as one number', async () => {
  const { failures } = await run(
    '- name: x\n' +
      '  events: [{ day: 0, event: used, product: crm, times: 2, every: 1h }]\n' +
      '  colleagues: [{ events: [{ day: 0, event: used, product: erp }] }]\n' +
      '  expect:\n' +
      '    - { day: 1, account: { product: { crm: 6, erp: 3 } } }\n' +
      '    - { day: 1, account: { product: 9 } }\n' +
      '    - { day: 1, account: { product: { crm: 7, hr: 0 } } }\n',
    {
      ...RULES,
      'scores/product.yaml':
        'score: product\nby: product\nrules:\n  used: { why: w, when: { event: used }, points: 3 }\n',
      'accounts.yaml': 'account:\n  rollup: { product: { sum: product } }\n',
    },
  );
  expect(failures.map(({ line, what, expected, got }) => [line, what, expected, got])).toEqual([
    [7, 'account.product.crm', '7', '6'],
  ]);
});
