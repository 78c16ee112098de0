import { createServer, type Server } from 'node:http';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { MARK, note } from '../../../cli/gitlab/note.ts';

/** As much of GitLab as a note needs: pages of two. */
let server: Server;
let api = '';
const notes: { id: number; body: string; system: boolean }[] = [];
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const url = new URL(request.url ?? '', api);
      asked.push(`${request.method} ${url.pathname}`);
      if (request.headers['private-token'] !== 'token') return response.writeHead(401).end('{}');
      if (request.method === 'GET') {
        const page = Number(url.searchParams.get('page'));
        response.setHeader('x-next-page', page * 2 < notes.length ? String(page + 1) : '');
        return response.end(JSON.stringify(notes.slice(page * 2 - 2, page * 2)));
      }
      const { body } = JSON.parse(text) as { body: string };
      const known = notes.find(({ id }) => url.pathname.endsWith(`/notes/${id}`));
      if (request.method === 'PUT' && known) known.body = body;
      else if (request.method === 'POST') notes.push({ id: 100 + notes.length, body, system: false });
      else response.writeHead(404);
      return response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const OK = JSON.stringify({
  ok: true,
  issues: [],
  warnings: [],
  tests: { passed: 1, failed: 0, failures: [] },
});
const run = async (files: Record<string, string>, token = 'token') => {
  const out: string[] = [];
  const code = await note({
    env: { CI_API_V4_URL: api, CI_PROJECT_ID: '5', CI_MERGE_REQUEST_IID: '7', KINDLING_TOKEN_NOTES: token },
    read: (file) => files[file] ?? null,
    out: (line) => void out.push(line),
  });
  return { code, out: out.join('\n') };
};

test('a merge request has one note, in its place, however many others stand before it', async () => {
  for (let id = 1; id <= 5; id += 1) notes.push({ id, body: `Looks good ${id}`, system: false });
  expect(await run({ 'check.json': OK, 'plan.md': '3 leads move' })).toEqual({
    code: 0,
    out: '3 leads move',
  });
  expect((await run({ 'check.json': OK, 'plan.md': '4 leads move' })).code).toBe(0);
  expect(notes).toHaveLength(6);
  expect(notes.at(-1)?.body).toBe(`${MARK}\n4 leads move`);
  expect(asked.at(-1)).toBe('PUT /api/v4/projects/5/merge_requests/7/notes/105');
});

test('rules that are wrong fail the job, and are told', async () => {
  const wrong = JSON.stringify({
    ok: false,
    issues: [{ file: 'bands.yaml', line: 3, column: 1, message: 'no <b>band</b> @all' }],
    warnings: [],
    tests: { passed: 0, failed: 0, failures: [] },
  });
  const { code, out } = await run({ 'check.json': wrong, 'plan.md': 'of before' });
  expect(code).toBe(1);
  expect(out).toContain('`rules/bands.yaml:3`');
  expect(notes.at(-1)?.body).not.toMatch(/of before|<b>|@all/);
  expect((await run({ 'check.json': '' })).code).toBe(1);
});

test('without a token nobody is asked; a token that may not is told', async () => {
  const before = asked.length;
  expect((await run({ 'check.json': OK, 'plan.md': 'a plan' }, '')).code).toBe(0);
  expect(asked).toHaveLength(before);
  await expect(run({ 'check.json': OK, 'plan.md': 'a plan' }, 'wrong')).rejects.toThrow('GitLab answers 401');
});

test('the template’s scripts are what bash understands', () => {
  const text = readFileSync(
    join(import.meta.dirname, '..', '..', '..', 'templates', 'gitlab-ci.yml'),
    'utf8',
  );
  const jobs = Object.values(parse(text) as Record<string, { script?: string[] }>);
  const scripts = jobs.flatMap((job) => job.script ?? []);
  expect(scripts.length).toBeGreaterThan(5);
  for (const script of scripts) execFileSync('bash', ['-n', '-c', script], { stdio: 'pipe' });
});
