import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { type CheckIssue, reporter } from '../../core/check/issues.ts';
import { journeyProblems } from '../../core/check/journey.ts';
import { Journey } from '../../core/schema/journey.ts';
import { STEP_VERBS } from '../../core/schema/journey-step.ts';
import { type RuleFile } from '../../rulefiles/folder.ts';
import { loadFiles } from '../../rulefiles/load.ts';
import { readYaml } from '../../rulefiles/source.ts';
import { runTests } from '../../rulefiles/tests.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/rules.md'), 'utf8');

/** Examples by their first line: the file that they are, or `a rule`. */
const examples = [...page.matchAll(/^```(?:yaml|mjml)\n# (.+)\n([\s\S]*?)^```$/gm)].map(
  ([, title = '', text = '']) => ({
    title,
    text,
  }),
);

const KINDS: readonly (readonly [RegExp, RuleFile['kind']])[] = [
  [/\.test\.yaml$/, 'test'],
  [/^scores/, 'score'],
  [/^journeys/, 'journey'],
  [/^emails/, 'email'],
  [/^sources/, 'source'],
];

function ruleFile(file: string, text: string): RuleFile {
  const plain = file.replace(/\.yaml$/, '');
  const kind = KINDS.find(([pattern]) => pattern.test(file))?.[1] ?? (plain as RuleFile['kind']);
  return { kind, file, name: plain.slice(plain.lastIndexOf('/') + 1).replace(/\.mjml$/, ''), text };
}

const files = examples
  .filter(({ title }) => !title.startsWith('a '))
  .map(({ title, text }) => ruleFile(title, text));
const mail = files.find(({ kind }) => kind === 'email')?.text ?? '';
/** What the page's files name and the page does not show. */
const beside = [
  ruleFile('emails/tips.mjml', mail),
  ruleFile(
    'emails/handoff.mjml',
    mail.replace('unsubscribe_url', 'handoff.url').replaceAll('lead.firstName', 'lead.name'),
  ),
  ruleFile(
    'emails/morning.mjml',
    mail.replace('unsubscribe_url', 'morning.url').replaceAll('lead.firstName', 'morning.owner.name'),
  ),
  ruleFile(
    'emails/account-handoff.mjml',
    mail.replace('unsubscribe_url', 'handoff.url').replaceAll('lead.firstName', 'account.name'),
  ),
];

describe('the reference of the rules', () => {
  test('has an example for each kind of file', () => {
    expect(files.map(({ kind }) => kind).sort()).toEqual([
      'accounts',
      'bands',
      'email',
      'handoff',
      'journey',
      'score',
      'score',
      'score',
      'settings',
      'source',
      'test',
    ]);
  });

  test('has files that are right together, and tests that pass', async () => {
    const loaded = await loadFiles([...files, ...beside]);
    expect(loaded.ok ? [] : loaded.issues).toEqual([]);
    if (!loaded.ok) return;
    const { passed, failures, issues } = runTests(files, loaded.value);
    expect({ failures, issues }).toEqual({ failures: [], issues: [] });
    expect(passed).toBe(3);
  });

  const rules = examples.filter(({ title }) => title === 'a rule');
  test.each(rules.map(({ text }) => [text.slice(0, text.indexOf(':')), text]))(
    'has a right rule %s',
    async (_, text) => {
      const score = ruleFile('scores/fit.yaml', `score: fit\nrules:\n${text.replace(/^(?=.)/gm, '  ')}`);
      const bands = ruleFile('bands.yaml', 'total: { sum: { fit: 1 } }\nbands: { cold: 0, warm: 1 }\n');
      const loaded = await loadFiles([score, bands], [], { parts: 'scoring' });
      expect(loaded.ok ? [] : loaded.issues).toEqual([]);
    },
  );

  const parts = examples.filter(({ title }) => ['a start', 'a condition', 'a step'].includes(title));
  test.each(
    parts.map(({ title, text }): [string, string, string] => [title, text.split('\n', 1)[0] ?? '', text]),
  )('has %s that is right: %s', (title, _, text) => {
    const value = readYaml('journeys/x.yaml', text).source.value;
    const journey = {
      journey: 'x',
      start: title === 'a start' ? value : { band: 'warm' },
      ...(title === 'a condition' ? { goal: value } : {}),
      steps: [
        ...(title === 'a step' ? [value] : []),
        ...(text.startsWith('handoff') || text.startsWith('exit') ? [] : [{ send: 'trial' }]),
      ],
    };
    const issues: CheckIssue[] = [];
    journeyProblems(journey, reporter('journeys/x.yaml', issues));
    expect(issues).toEqual([]);
  });

  test('shows every step, every start and every key of a journey', () => {
    const shown = parts.map(({ text }) => text).join('\n');
    for (const verb of STEP_VERBS) expect(shown).toMatch(new RegExp(`^${verb}:`, 'm'));
    for (const start of ['band', 'event', 'account', 'qualified'])
      expect(shown).toMatch(new RegExp(`^${start}:`, 'm'));
    for (const key of Object.keys(Journey.shape)) expect(page).toMatch(new RegExp(`\\b${key}\\b`));
  });

  test('shows every key of a rule', () => {
    const keys = ['when', 'points', 'points_by', 'distinct', 'once_per', 'within', 'once', 'at_least', 'steps', 'every', 'burst', 'half_life', 'fade', 'cap', 'group', 'active']; // prettier-ignore
    const shown = examples.map(({ text }) => text).join('\n');
    expect(keys.filter((key) => !new RegExp(`(^|[ {])${key}:`, 'm').test(shown))).toEqual([]);
  });
});
