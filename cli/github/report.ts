import { annotations, checkedIn, problems } from './annotations.ts';
import { openApi, Refused, type Api } from './api.ts';
import { comment, fitted } from './comment.ts';

/** What a workflow's step is given. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly read: (file: string) => string | null;
  readonly append: (file: string, text: string) => void;
  readonly out: (line: string) => void;
  readonly open?: (url: string, token: string) => Api;
}

interface PullEvent {
  readonly number?: number;
  readonly pull_request?: {
    readonly number: number;
    readonly head: { readonly sha?: string; readonly repo: { readonly full_name: string } | null };
    readonly base: { readonly repo: { readonly full_name: string } };
  };
}

const STALE = 'make this plan again after each push; merging publishes it, then brings all leads to it';

/**
 * Tells a pull request what its rules do: marks lines, writes the job's summary, and keeps one comment. A pull request of
 * a fork has no token that may write: its summary says the same.
 * @returns the exit code: 1 where the rules cannot be merged
 */
export const report = async ({ env, read, append, out, open = openApi }: Surroundings): Promise<number> => {
  const rules = env['KINDLING_RULES'] ?? 'rules';
  const checked = checkedIn(read(env['KINDLING_CHECK'] ?? 'check.json') ?? '');
  if (checked === null) {
    out('::error::kindling check wrote nothing');
    return 1;
  }
  for (const line of annotations(checked, rules)) out(line);
  const plan = checked.ok ? read(env['KINDLING_PLAN'] ?? 'plan.md') : null;
  const text =
    problems(checked, rules) ||
    plan ||
    'There is no plan: the step that makes it failed; its log says why.\n';
  const end = endOf(env, checked.ok && plan !== null);
  const summary = env['GITHUB_STEP_SUMMARY'];
  if (summary !== undefined && summary !== '') append(summary, summaryOf(text, end));
  await keepComment(text, end, { env, read, out, open });
  return checked.ok && plan !== null ? 0 : 1;
};

/** A branch as it stands in a command between backticks; one that would end them is not named. */
const BRANCH = /^[\w./-]+$/;
/** GitHub takes no longer summary of a step, bytes. */
const LONGEST_SUMMARY = 2 ** 20;

const summaryOf = (text: string, end: string): string => {
  const rest = `\n\n${end}\n`;
  const whole = text.trimEnd() + rest;
  if (Buffer.byteLength(whole) <= LONGEST_SUMMARY) return whole;
  const cut = Buffer.from(text)
    .subarray(0, LONGEST_SUMMARY - 400)
    .toString()
    .replace(/\n[^\n]*$/, '');
  return `${cut}\n\n_The rest stands in the artefact \`plan\`._${rest}`;
};

/** The next command, by which a person goes on. */
const endOf = (env: Surroundings['env'], fine: boolean): string => {
  if (!fine) return 'Next: `kindling check` on your machine, until it says nothing.';
  const base = env['GITHUB_BASE_REF'] ?? '';
  return `Next: \`kindling plan --base origin/${BRANCH.test(base) ? base : 'main'} --head rules\` on your machine; ${STALE}.`;
};

const keepComment = async (
  text: string,
  end: string,
  { env, read, out, open }: Required<Omit<Surroundings, 'append'>>,
): Promise<void> => {
  const event = JSON.parse(read(env['GITHUB_EVENT_PATH'] ?? '') ?? '{}') as PullEvent;
  const pull = event.pull_request;
  const { GITHUB_TOKEN: token, GITHUB_REPOSITORY: repository } = env;
  if (pull === undefined || repository === undefined) return;
  if (pull.head.repo?.full_name !== pull.base.repo.full_name || token === undefined || token === '')
    return out(
      '::notice::This pull request comes from a fork, which may not write comments: see the summary of the job.',
    );
  const run = `${env['GITHUB_SERVER_URL'] ?? 'https://github.com'}/${repository}/actions/runs/${env['GITHUB_RUN_ID'] ?? ''}`;
  const body = fitted(text, end, `the whole of it is in the [summary of the job](${run}).`);
  try {
    const api = open(env['GITHUB_API_URL'] ?? 'https://api.github.com', token);
    out(`The comment is ${await comment(api, repository, pull.number, body)}.`);
  } catch (error) {
    // The rules are not to blame for what GitHub refuses; all of it is in the summary.
    if (!(error instanceof Refused)) throw error;
    out(`::warning::The comment was not written. ${error.message}`);
  }
};
