import { checkedIn, problems } from '../github/annotations.ts';

/** What tells our note from all others; nobody sees it. */
export const MARK = '<!-- kindling plan -->';
/** GitLab takes no longer one, in characters. */
const LONGEST = 1_000_000;

/** What a job is given. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Null where there is no such file. */
  readonly read: (file: string) => string | null;
  readonly out: (line: string) => void;
}

interface Note {
  readonly id: number;
  readonly body: string;
  readonly system?: boolean;
}

/**
 * Tells a merge request what its rules do: prints it, and keeps one note, in its place, where there is a token that may.
 * @returns the exit code: 1 where the rules cannot be merged, or GitLab takes no note
 */
export const note = async ({ env, read, out }: Surroundings): Promise<number> => {
  const checked = checkedIn(read('check.json') ?? '');
  const plan = checked?.ok === true ? read('plan.md') : null;
  const wrong = checked === null ? '' : problems(checked, env['KINDLING_RULES'] ?? 'rules');
  const text = wrong || plan || 'There is no plan: what makes it failed; the log of the job says why.\n';
  out(text);
  const { KINDLING_TOKEN_NOTES: token, CI_API_V4_URL: api, CI_PROJECT_ID: project } = env;
  const code = plan === null ? 1 : 0;
  if (token === undefined || token === '') return code;
  const notes = `${api}/projects/${project}/merge_requests/${env['CI_MERGE_REQUEST_IID']}/notes`;
  const headers = { 'private-token': token, 'content-type': 'application/json' };
  const ask = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const answer = await fetch(url, { ...init, headers });
    if (!answer.ok) throw new Error(`GitLab answers ${answer.status} to ${init.method ?? 'GET'} of notes`);
    return answer;
  };
  let known: Note | undefined;
  for (let page = '1'; page !== '' && known === undefined;) {
    const answer = await ask(`${notes}?per_page=100&page=${page}`);
    known = ((await answer.json()) as Note[]).find(
      ({ body, system }) => body.startsWith(MARK) && system !== true,
    );
    page = answer.headers.get('x-next-page') ?? '';
  }
  const body = JSON.stringify({ body: `${MARK}\n${text}`.slice(0, LONGEST) });
  await ask(known === undefined ? notes : `${notes}/${known.id}`, {
    method: known === undefined ? 'POST' : 'PUT',
    body,
  });
  return code;
};
