import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openApi } from '../../../cli/github/api.ts';
import { LONGEST, MARK } from '../../../cli/github/comment.ts';
import { report } from '../../../cli/github/report.ts';

interface Comment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string; readonly type: string };
}

/** As much of GitHub as a comment needs: pages of thirty, limits, and no write for who may not. */
let server: Server;
let url = '';
let comments: Comment[] = [];
let asked: string[] = [];
let refusals: { status: number; headers?: Record<string, string>; message?: string }[] = [];
let waited: number[] = [];

const PER_PAGE = 30;
const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const target = new URL(request.url ?? '', url);
  asked.push(`${request.method} ${target.pathname}${target.search}`);
  const refusal = refusals.shift();
  if (refusal !== undefined) {
    response
      .writeHead(refusal.status, refusal.headers)
      .end(JSON.stringify({ message: refusal.message ?? 'no' }));
    return;
  }
  if (request.headers.authorization !== 'Bearer token') return void response.writeHead(401).end('{}');
  const { body } = (text === '' ? {} : JSON.parse(text)) as { body?: string };
  if (body !== undefined && body.length > LONGEST)
    return void response.writeHead(422).end('{"message":"too long"}');
  if (request.method === 'GET') {
    const page = Number(target.searchParams.get('page') ?? 1);
    const last = Math.ceil(comments.length / PER_PAGE);
    target.searchParams.set('page', String(page + 1));
    response.writeHead(200, page < last ? { link: `<${target.href}>; rel="next", <x>; rel="last"` } : {});
    response.end(JSON.stringify(comments.slice((page - 1) * PER_PAGE, page * PER_PAGE)));
    return;
  }
  const known = comments.find(({ id }) => target.pathname.endsWith(`/issues/comments/${id}`));
  if (request.method === 'PATCH' && known !== undefined && body !== undefined) known.body = body;
  else if (request.method === 'POST' && body !== undefined)
    comments.push({ id: 1_000 + comments.length, body, user: { login: 'github-actions[bot]', type: 'Bot' } });
  else return void response.writeHead(404).end('{}');
  response.writeHead(200).end('{}');
};

beforeAll(async () => {
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  comments = [];
  asked = [];
  refusals = [];
  waited = [];
});

const OK = { ok: true, issues: [], warnings: [], tests: { passed: 3, failed: 0, failures: [] } };
const event = (fork = false): string =>
  JSON.stringify({
    pull_request: {
      number: 7,
      head: { repo: { full_name: fork ? 'someone/kindling' : 'acme/kindling' } },
      base: { repo: { full_name: 'acme/kindling' } },
    },
  });
const run = async (
  files: Record<string, string>,
  env: Record<string, string> = {},
): Promise<{ code: number; out: string[]; summary: string }> => {
  const out: string[] = [];
  let summary = '';
  const code = await report({
    env: {
      GITHUB_TOKEN: 'token',
      GITHUB_REPOSITORY: 'acme/kindling',
      GITHUB_API_URL: url,
      GITHUB_EVENT_PATH: 'event.json',
      GITHUB_STEP_SUMMARY: 'summary',
      GITHUB_BASE_REF: 'main',
      GITHUB_RUN_ID: '42',
      KINDLING_PLAN: 'plan.markdown',
      ...env,
    },
    read: (file) => ({ 'event.json': event(), 'check.json': JSON.stringify(OK), ...files })[file] ?? null,
    append: (_, text) => void (summary += text),
    out: (line) => void out.push(line),
    open: (at, token) => openApi(at, token, (ms) => Promise.resolve(void waited.push(ms))),
  });
  return { code, out, summary };
};
const ours = (): Comment[] => comments.filter(({ body }) => body.startsWith(MARK));

describe('the comment', () => {
  test('is one, however often the plan is made, and ends with the next command', async () => {
    expect((await run({ 'plan.markdown': '## 3 leads move\n' })).code).toBe(0);
    await run({ 'plan.markdown': '## 4 leads move\n' });
    expect(ours()).toHaveLength(1);
    expect(ours()[0]?.body).toContain('4 leads move');
    expect(ours()[0]?.body).not.toContain('3 leads move');
    expect(ours()[0]?.body.trimEnd().split('\n').at(-1)).toContain(
      'Next: `kindling plan --base origin/main --head rules`',
    );
    expect(asked.at(-1)).toMatch(/^PATCH/);
  });

  test('is found behind a hundred others, and not taken for one that quotes it', async () => {
    const people = { login: 'ann', type: 'User' };
    for (let id = 1; id <= 95; id += 1) comments.push({ id, body: `Comment ${id}`, user: people });
    comments.push({ id: 96, body: `${MARK}\nlook what it says`, user: people });
    await run({ 'plan.markdown': 'one\n' });
    await run({ 'plan.markdown': 'two\n' });
    expect(comments).toHaveLength(97);
    expect(comments.at(-1)?.body).toContain('two');
    expect(asked.filter((line) => line.includes('page=4'))).toHaveLength(2);
  });

  test('is cut where GitHub takes no more: all that was open is closed, the next command stays, the summary has all', async () => {
    const rows = Array.from({ length: 9_000 }, (_, n) => `| lead ${n} | 10 → 15 |`).join('\n');
    const plan = `## Plan\n\n<details><summary>All</summary>\n\n\`\`\`\n${rows}\n\`\`\`\n\n</details>\n`;
    expect(plan.length).toBeGreaterThan(LONGEST);
    const { summary, code } = await run({ 'plan.markdown': plan });
    const { body = '' } = ours()[0] ?? {};
    expect(code).toBe(0);
    expect(body.length).toBeLessThanOrEqual(LONGEST);
    expect(body.length).toBeGreaterThan(LONGEST - 200);
    expect(body).toContain('https://github.com/acme/kindling/actions/runs/42');
    expect(body.split('<details').length).toBe(body.split('</details>').length);
    expect(body.split('\n').filter((line) => line.startsWith('```'))).toHaveLength(2);
    expect(body).toContain('Next: `kindling plan');
    expect(summary).toContain('lead 8999');
  });

  test('waits as long as it is told to', async () => {
    refusals = [
      { status: 403, headers: { 'retry-after': '3' }, message: 'secondary rate limit' },
      { status: 502 },
      {
        status: 429,
        headers: {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 5),
        },
      },
    ];
    await run({ 'plan.markdown': 'one\n' });
    expect(ours()).toHaveLength(1);
    expect(waited[0]).toBe(3_000);
    expect(waited[1]).toBe(4_000);
    expect(waited[2]).toBeGreaterThan(1_000);
  });

  test('that is refused for good costs no more than itself', async () => {
    refusals = [{ status: 403, message: 'Resource not accessible by integration' }];
    const { code, out, summary } = await run({ 'plan.markdown': 'one\n' });
    expect(code).toBe(0);
    expect(out.join()).toContain(
      '::warning::The comment was not written. GitHub answers 403: Resource not accessible',
    );
    expect(summary).toContain('one');
    refusals = Array.from({ length: 5 }, () => ({ status: 503 }));
    expect((await run({ 'plan.markdown': 'one\n' })).code).toBe(0);
  });

  test('is not tried for a fork: its summary says the same', async () => {
    for (const given of [{ 'event.json': event(true) }, {}] as Record<string, string>[]) {
      const env = given['event.json'] === undefined ? { GITHUB_TOKEN: '' } : {};
      const { out, summary } = await run({ 'plan.markdown': 'one\n', ...given }, env);
      expect(out.join()).toContain('::notice::');
      expect(summary).toContain('one');
    }
    expect(asked).toEqual([]);
  });
});

describe('rules that are wrong', () => {
  const wrong = {
    ok: false,
    issues: [
      { file: 'scores/fit.yaml', line: 12, column: 5, message: 'unknown key `capp`\n::error::x 100%' },
    ],
    warnings: [{ file: 'bands.yaml', line: 2, column: 1, message: 'nobody can reach hot' }],
    tests: {
      passed: 1,
      failed: 1,
      failures: [
        {
          ...{
            file: 'scores/fit.test.yaml',
            line: 3,
            test: 'a CTO <b>@sales</b> [x](https://evil.example) #12',
            when: 'day 1',
          },
          ...{ what: 'total', expected: '20', got: '10' },
        },
      ],
    },
  };

  test('are marked at file and line, and nothing in them is a command', async () => {
    const { out, code } = await run({ 'check.json': JSON.stringify(wrong), 'plan.markdown': 'a plan' });
    expect(code).toBe(1);
    expect(out.filter((line) => line.startsWith('::error') || line.startsWith('::warning'))).toEqual([
      '::error file=rules/scores/fit.yaml,line=12,col=5::unknown key `capp`%0A::error::x 100%25',
      '::error file=rules/scores/fit.test.yaml,line=3::a CTO <b>@sales</b> [x](https://evil.example) #12: on day 1, total should be 20 and is 10',
      '::warning file=rules/bands.yaml,line=2,col=1::nobody can reach hot',
    ]);
  });

  test('are told in the comment in place of a plan, and nobody is called by what they say', async () => {
    await run({ 'check.json': JSON.stringify(wrong), 'plan.markdown': 'a plan' });
    const { body = '' } = ours()[0] ?? {};
    expect(body).toContain('These rules cannot be merged');
    expect(body).toContain('`rules/scores/fit.yaml:12`');
    expect(body).not.toContain('a plan');
    expect(body).not.toMatch(/(?<!\\)<b>|@sales|(?<!\\)\[x|https:|#12/);
    expect(body).toContain('Next: `kindling check`');
  });

  test('link nowhere, hold no picture, and end no code', async () => {
    const message = 'x ![](https://evil.example/a.png) [here](https://evil.example) #1 `a` *b*';
    const file = 'scores/`\n\n# Approved\n`.yaml';
    await run({
      'check.json': JSON.stringify({ ...wrong, issues: [{ file, line: 1, column: 1, message }] }),
    });
    const { body = '' } = ours()[0] ?? {};
    expect(body).toContain(
      '- ``rules/scores/` # Approved `.yaml:1`` x !\\[\\](https\u200b://evil.example/a.png) \\[here\\](https\u200b://evil.example) \\#\u200b1 `a` \\*b\\*',
    );
    expect(body).not.toMatch(/^# Approved/m);
  });

  test.each([
    ['a line that is a command', { issues: [{ ...wrong.issues[0], line: '1\n::add-mask::a' }] }],
    ['a column that is one', { warnings: [{ ...wrong.warnings[0], column: '1\n::stop-commands::a' }] }],
    ['no lists', { issues: null }],
    ['a test that is none', { tests: { passed: 1, failed: 1, failures: [null] } }],
    ['a list of texts', { issues: ['x'] }],
  ])('that were not written by check are not told: %s', async (_, more) => {
    const { code, out } = await run({ 'check.json': JSON.stringify({ ...wrong, ...more }) });
    expect([code, out]).toEqual([1, ['::error::kindling check wrote nothing']]);
  });

  test('fail the job, and so does a check or a plan that is not there', async () => {
    expect((await run({ 'check.json': 'null' })).code).toBe(1);
    const { code, summary } = await run({});
    expect(code).toBe(1);
    expect(summary).toContain('There is no plan');
  });
});
