import { defineCommand } from 'citty';

import { type CheckIssue } from '../core/check/check.ts';
import { type RuleIssue } from '../core/issue.ts';
import { toLeadEvent } from '../core/message/message.ts';
import { type Ruleset } from '../core/ruleset.ts';
import { allTests } from '../rulefiles/all-tests.ts';
import { readFolder, UnreadableFolder } from '../rulefiles/folder.ts';
import { watchFor } from '../rulefiles/lint/unmatched.ts';
import { inOrder, loadFiles } from '../rulefiles/load.ts';
import { type TestFailure, type TestReport } from '../rulefiles/tests.ts';
import { readEvents } from './events.ts';
import { type Io, Refusal, styled } from './io.ts';
import { type InUse, inUseOf, missedBy } from './in-use.ts';
import { BY_DATA, TARGET } from './publish/publisher.ts';
import { issueLine, rulesFolder } from './rules.ts';

export const check = defineCommand({
  meta: { name: 'check', description: 'Find every problem in a rules folder, and run the tests in it' },
  args: {
    rules: { type: 'string', valueHint: 'DIR', description: 'The rules folder (default: rules)' },
    events: {
      type: 'string',
      valueHint: 'FILE',
      description: 'A history of Segment messages, one a line, to find rules that it never matched',
    },
    base: {
      type: 'string',
      valueHint: 'DIR|REF',
      description:
        'The rules that are live, to find what leads on their way through journeys would miss: a folder or a git ref',
    },
    url: { ...TARGET.url, description: 'Or the product itself, where it runs on this machine' },
    stack: { ...TARGET.stack, description: 'Or a stack deployed to AWS, by the credentials of this shell' },
    data: { ...BY_DATA.data, description: 'Or the product on this machine whose state is kept here' },
    'let-finish': {
      type: 'boolean',
      default: false,
      description:
        'Leads that are before a step that is removed from a journey finish with it: it is no error',
    },
    json: { type: 'boolean', default: false, description: 'Print one JSON object' },
  },
  run: ({ args, data }) => {
    const { events, json } = args;
    const inUse = inUseOf({ ...args, letFinish: args['let-finish'] });
    return checkFolder({ dir: rulesFolder(args.rules), events, inUse, json }, data as Io);
  },
});

/** 0 where everything holds, also with warnings; else 1. */
async function checkFolder(
  {
    dir,
    events,
    inUse,
    json,
  }: { dir: string; events: string | undefined; inUse: InUse | null; json: boolean },
  io: Io,
): Promise<number> {
  const { files, issues: unread } = read(dir);
  const loaded = await loadFiles(files, unread, { now: io.now() });
  const tests: TestReport = loaded.ok
    ? await allTests(files, loaded.value)
    : { passed: 0, failed: 0, failures: [], issues: [] };
  const missed = loaded.ok && inUse !== null ? await missedBy(inUse, dir, loaded.value, io) : NOTHING_MISSED;
  const issues = [...(loaded.ok ? [] : loaded.issues), ...tests.issues, ...missed.issues.map(loaded.place)];
  const never =
    loaded.ok && events !== undefined ? (await neverMatched(loaded.value, events, io)).map(loaded.place) : [];
  const warnings = inOrder([...loaded.warnings, ...never, ...missed.warnings.map(loaded.place)]);
  const { passed, failed, failures } = tests;
  const ok = issues.length === 0 && failed === 0;
  if (json) {
    const hash = loaded.ok ? loaded.value.hash : null;
    io.out(
      `${JSON.stringify({ ok, ruleset: hash, issues, warnings, tests: { passed, failed, failures } })}\n`,
    );
    return ok ? 0 : 1;
  }
  for (const issue of issues) io.err(issueLine(io, dir, issue, 'error'));
  for (const warning of warnings) io.err(issueLine(io, dir, warning, 'warning'));
  for (const failure of failures) io.err(failureText(io, dir, failure));
  const tested = loaded.ok
    ? `${summary(loaded.value)}; ${testLine(passed, failed)}`
    : `${count(issues.length, 'problem')}; tests were not run`;
  io.out(
    `${styled(io, ok ? 'green' : 'red', ok ? '✓' : '✗')} ${withProblems(tested, loaded.ok ? issues : [])}\n`,
  );
  return ok ? 0 : 1;
}

const NOTHING_MISSED = { issues: [], warnings: [] };

/** The rules that nothing in a history ever matched. */
async function neverMatched(ruleset: Ruleset, file: string, io: Io): Promise<CheckIssue[]> {
  const watch = watchFor(ruleset);
  let bad = 0;
  for await (const line of readEvents(file, io.now(), io))
    if (line.ok) watch.see(toLeadEvent(line.message));
    else bad += 1;
  if (bad > 0) io.err(`${count(bad, 'line')} of ${file} left out: \`kindling score\` says why\n`);
  return watch.warnings();
}

function read(dir: string): ReturnType<typeof readFolder> {
  try {
    return readFolder(dir);
  } catch (error) {
    if (error instanceof UnreadableFolder)
      throw new Refusal(`the rules folder cannot be read: ${error.message}`);
    throw error;
  }
}

const withProblems = (line: string, issues: readonly RuleIssue[]): string =>
  issues.length === 0 ? line : `${line}; ${count(issues.length, 'problem')}`;

/** `12 rules in 3 scores, 4 bands, 2 journeys` */
function summary({ scores, bands, journeys }: Ruleset): string {
  const files = Object.values(scores);
  const rules = files.reduce((sum, { rules }) => sum + Object.keys(rules).length, 0);
  const names = new Set(files.map(({ score }) => score));
  const steps = Object.keys(bands.bands).filter((name) => name !== 'of');
  return [
    `${count(rules, 'rule')} in ${count(names.size, 'score')}`,
    count(steps.length, 'band'),
    count(Object.keys(journeys).length, 'journey'),
  ].join(', ');
}

const testLine = (passed: number, failed: number): string =>
  failed === 0 ? `${count(passed, 'test')} passed` : `${count(failed, 'test')} failed, ${passed} passed`;

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;

/** What was expected, what came, and what led to it. */
function failureText(io: Io, dir: string, failure: TestFailure): string {
  const { file, line, test, when, what, expected, got, contributions } = failure;
  const given = contributions.map(({ rule, key, points, events }) => {
    const from = events.length === 0 ? '' : `  from ${count(events.length, 'event')}`;
    return `    ${points.toFixed(2).padStart(9)}  ${rule}${key === undefined ? '' : ` (${key})`}${from}\n`;
  });
  return (
    `${styled(io, 'bold', `${dir}/${file}:${line}`)}  ${test}\n` +
    `    on ${when}, ${what} should be ${expected} and is ${styled(io, 'red', got)}; contributions:\n` +
    (given.join('') || '    none\n')
  );
}
