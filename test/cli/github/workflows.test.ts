import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..', '..', '..');

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const textOf = (name: string): string => readFileSync(join(ROOT, '.github', 'workflows', name), 'utf8');
const workflow = (name: string): Workflow => parse(textOf(name)) as Workflow;
const NAMES = ['rules.yml', 'deploy-rules.yml'] as const;
const stepsOf = (name: string): readonly Step[] =>
  Object.values(workflow(name).jobs).flatMap(({ steps }) => steps);

describe.each(NAMES)('%s', (name) => {
  test('runs no action but by the commit that was read, and says which version that is', () => {
    const lines = textOf(name)
      .split('\n')
      .filter((line) => /\buses:/.test(line));
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('puts nothing that a stranger may have written into a script', () => {
    for (const { run } of stepsOf(name)) expect(run ?? '').not.toContain('${{');
    // A title, a body and the name of a branch are a stranger's; they are not used at all.
    expect(textOf(name)).not.toMatch(/head_ref|pull_request\.(title|body)|head\.(ref|label)/);
  });

  test('has no permission but those that a job names, and never runs a stranger’s code with more', () => {
    const { on, permissions, jobs } = workflow(name);
    expect(permissions).toEqual({});
    expect(Object.keys(on)).not.toContain('pull_request_target');
    for (const { permissions: own, steps } of Object.values(jobs)) {
      expect(own).toBeDefined();
      const checkout = steps.find(({ uses }) => uses?.startsWith('actions/checkout@'));
      expect(checkout?.with?.['persist-credentials']).toBe(false);
      // Who may write to pull requests runs what is merged, and nothing that is installed.
      if (own?.['pull-requests'] === 'write') {
        expect(checkout?.with?.['ref']).toBe('${{ github.event.pull_request.base.sha }}');
        expect(steps.map(({ run }) => run ?? '').join('\n')).not.toContain('npm');
      }
    }
  });

  test('has scripts that bash understands', () => {
    for (const { run } of stepsOf(name))
      if (run !== undefined) execFileSync('bash', ['-n', '-c', run], { stdio: 'pipe' });
  });
});

test('only the deploy may take the role that deploys, in its environment, one after the other', () => {
  const text = parse(textOf('deploy-rules.yml')) as { concurrency: object; jobs: { deploy: object } };
  expect(text.concurrency).toEqual({ group: 'deploy-rules', 'cancel-in-progress': false });
  expect(text.jobs.deploy).toMatchObject({
    environment: 'production',
    permissions: { contents: 'read', 'id-token': 'write' },
  });
  expect(workflow('rules.yml').jobs['tell']?.permissions).toEqual({
    contents: 'read',
    'pull-requests': 'write',
  });
  expect(workflow('rules.yml').jobs['plan']?.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
});

describe('the scripts, run over a merge of rules', () => {
  let dir: string;
  let server: Server;
  const comments: string[] = [];
  const bash = async (script: string, env: Record<string, string> = {}): Promise<string> => {
    const given = { ...process.env, NODE_OPTIONS: '', ...env };
    const { stdout } = await promisify(execFile)('bash', ['-e', '-o', 'pipefail', '-c', script], {
      cwd: dir,
      env: given,
    });
    return stdout;
  };
  const git = (...args: string[]): void =>
    void execFileSync('git', ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', ...args], {
      cwd: dir,
      stdio: 'pipe',
    });
  const script = (name: string, file: (typeof NAMES)[number] = 'rules.yml'): string =>
    stepsOf(file).find((step) => step.name === name)?.run ?? '';

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kindling-merge-'));
    for (const name of [
      'bin',
      'cli',
      'core',
      'rulefiles',
      'local',
      'functions',
      'rules',
      'examples',
      'package.json',
    ])
      await cp(join(ROOT, name), join(dir, name), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
    await writeFile(join(dir, '.gitignore'), 'node_modules\n*.json\nplan.*\n');
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-qm', 'before');
    git('switch', '-qc', 'warmer');
    const bands = join(dir, 'rules', 'bands.yaml');
    const text = await readFile(bands, 'utf8');
    const warmer = text.replace('semi-warm: 25', 'semi-warm: 23');
    expect(warmer).not.toBe(text);
    await writeFile(bands, warmer);
    git('commit', '-qam', 'less is enough');
    git('switch', '-q', 'main');
    git('merge', '-q', '--no-ff', '-m', 'merge', 'warmer');
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        if (request.method === 'POST') comments.push((JSON.parse(body) as { body: string }).body);
        response.end(request.method === 'GET' ? '[]' : '{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(dir, { recursive: true, force: true });
  });

  test(
    'check, plan and tell: one comment with the plan, the next command at its end, the JSON beside it',
    { timeout: 180_000 },
    async () => {
      await bash(script('Check'));
      await bash(script('Plan'));
      const plan = JSON.parse(await readFile(join(dir, 'plan.json'), 'utf8')) as {
        bands: { moves: unknown[] };
      };
      expect(plan.bands.moves.length).toBeGreaterThan(0);
      const event = {
        pull_request: {
          number: 7,
          head: { repo: { full_name: 'acme/k' } },
          base: { repo: { full_name: 'acme/k' } },
        },
      };
      await writeFile(join(dir, 'event.json'), JSON.stringify(event));
      const said = await bash(script('Tell'), {
        GITHUB_TOKEN: 'token',
        GITHUB_REPOSITORY: 'acme/k',
        GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        GITHUB_EVENT_PATH: 'event.json',
        GITHUB_STEP_SUMMARY: 'summary.md',
        GITHUB_BASE_REF: 'main',
        KINDLING_CHECK: 'check.json',
        KINDLING_PLAN: 'plan.markdown',
      });
      expect(said).toContain('The comment is created.');
      expect(comments).toHaveLength(1);
      expect(comments[0]).toContain('semi-warm');
      expect(comments[0]).toContain('<details>');
      expect(comments[0]?.trimEnd().split('\n').at(-1)).toMatch(/^Next: `kindling plan --base origin\/main/);
      expect(await readFile(join(dir, 'summary.md'), 'utf8')).toContain('Kindling plan');
    },
  );

  test(
    'a merge is planned against what was before it, and its limits are words, never commands',
    { timeout: 120_000 },
    async () => {
      // The history would be the table's.
      const planned = script('Plan', 'deploy-rules.yml').replace(/^.*history pull.*\n/, '');
      await rm(join(dir, 'plan.json'), { force: true });
      await bash(planned, { BEFORE: 'HEAD^1', TABLE: 't' });
      expect(existsSync(join(dir, 'plan.json'))).toBe(true);
      const deploys = script('Publish, switch, bring all leads to it', 'deploy-rules.yml').replace(
        'node bin/kindling.js',
        'printf "%s\\n"',
      );
      const limits = '--cap-handoffs 20 $(touch hacked) ; touch hacked';
      expect((await bash(deploys, { LIMITS: limits })).split('\n')).toEqual([
        ...[
          'deploy',
          '--rules',
          'rules',
          '--cap-handoffs',
          '20',
          '$(touch',
          'hacked)',
          ';',
          'touch',
          'hacked',
        ],
        ...['--plan', 'plan.json', ''],
      ]);
      expect(existsSync(join(dir, 'hacked'))).toBe(false);
      await rm(join(dir, 'plan.json'));
      expect((await bash(deploys, { LIMITS: '' })).split('\n')).toEqual(['deploy', '--rules', 'rules', '']);
    },
  );
});
