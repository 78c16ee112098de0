import { code, words } from '../markdown.ts';
import type { RuleIssue } from '../../core/issue.ts';
import type { TestFailure, TestReport } from '../../rulefiles/tests.ts';

/** What `kindling check --json` prints, as far as it is told on a pull request. */
export interface Checked {
  readonly ok: boolean;
  readonly issues: readonly RuleIssue[];
  readonly warnings: readonly RuleIssue[];
  readonly tests: Pick<TestReport, 'passed' | 'failed'> & {
    readonly failures: readonly Omit<TestFailure, 'contributions'>[];
  };
}

/**
 * What `kindling check --json` printed; null where it was cut short, refused to look, or is something else: it comes from
 * a job that runs what a pull request brings.
 */
export const checkedIn = (text: string): Checked | null => {
  try {
    const said = JSON.parse(text) as Partial<Checked> | null;
    const isChecked =
      typeof said?.ok === 'boolean' &&
      isListOf(said.issues, ISSUE) &&
      isListOf(said.warnings, ISSUE) &&
      isListOf(said.tests?.failures, FAILURE);
    return isChecked ? (said as Checked) : null;
  } catch {
    return null;
  }
};

// By hand: the job that tells a pull request installs nothing.
type Fields = Readonly<Record<string, 'string' | 'number'>>;
const ISSUE: Fields = { file: 'string', line: 'number', column: 'number', message: 'string' };
const FAILURE: Fields = {
  file: 'string',
  line: 'number',
  test: 'string',
  when: 'string',
  what: 'string',
  expected: 'string',
  got: 'string',
};

const isListOf = (value: unknown, fields: Fields): boolean =>
  Array.isArray(value) &&
  value.every(
    (each: unknown) =>
      typeof each === 'object' &&
      each !== null &&
      Object.entries(fields).every(([name, type]) => typeof (each as Record<string, unknown>)[name] === type),
  );

/** A line on standard output by which GitHub marks a line of a file. @param rules the rules folder, from the repository's root */
export const annotations = ({ issues, warnings, tests }: Checked, rules: string): string[] => [
  ...issues.map((issue) => annotation('error', rules, issue, issue.message)),
  ...tests.failures.map(({ test, when, what, expected, got, ...place }) =>
    annotation('error', rules, place, `${test}: on ${when}, ${what} should be ${expected} and is ${got}`),
  ),
  ...warnings.map((issue) => annotation('warning', rules, issue, issue.message)),
];

const annotation = (
  kind: 'error' | 'warning',
  rules: string,
  { file, line, column }: { readonly file: string; readonly line: number; readonly column?: number },
  message: string,
): string => {
  const where =
    file === ''
      ? ''
      : ` file=${property(`${rules}/${file}`)},line=${line}${column === undefined ? '' : `,col=${column}`}`;
  return `::${kind}${where}::${escaped(message)}`;
};

/** As GitHub's own toolkit escapes: nothing in a message can begin another command. */
const escaped = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** What is wrong, as a list for the comment; '' where nothing is. */
export const problems = ({ ok, issues, tests }: Checked, rules: string): string => {
  if (ok) return '';
  const place = (file: string, line: number): string => code(`${rules}/${file}:${line}`);
  const lines = [
    ...issues.map(({ file, line, message }) => `- ${place(file, line)} ${words(message)}`),
    ...tests.failures.map(
      ({ file, line, test, when, what, expected, got }) =>
        `- ${place(file, line)} ${words(`${test}: on ${when}, ${what} should be ${expected} and is ${got}`)}`,
    ),
  ];
  return `### These rules cannot be merged\n\n${lines.join('\n')}\n`;
};
