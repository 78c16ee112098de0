import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whoAmI } from '../../cli/publish/origin.ts';
import type { Progress } from '../../core/publish/progress.ts';
import type { Listed } from '../../core/publish/request.ts';
import { run, type Ran } from '../cli/run.ts';
import { changedRules } from './changed-rules.ts';
import { type Product, startProduct } from './product.ts';

const START = '2026-05-04T08:00:00.000Z';

let product: Product;
const folders: string[] = [];
/** The rules of the flow tests with a demo worth so many points; hot begins at 60. */
const demoWorth = async (points: number): Promise<string> => {
  const dir = await changedRules({ 'scores/engagement.yaml': [['points: 50', `points: ${points}`]] });
  folders.push(dir);
  return dir;
};

beforeAll(async () => {
  product = await startProduct({
    args: ['--rules', 'test/flow/rules', '--virtual-clock', START],
  });
});
afterAll(async () => {
  await product.end();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

const kindling = (...argv: string[]): Promise<Ran> => run([...argv, '--url', product.url]);
const deploy = (dir: string, ...more: string[]): Promise<Ran> =>
  kindling('deploy', '--rules', dir, '--no-wait', ...more);
const progress = (): Promise<Progress> => product.get<Progress>('/api/rescore');
const handoffs = async (): Promise<string[]> =>
  (await product.mail()).filter(({ to }) => String(to).includes('sales@')).map(({ subject }) => subject);
const person = (userId: string): object => ({
  type: 'identify',
  userId,
  messageId: `i-${userId}`,
  timestamp: START,
  traits: { email: `${userId}@example.com`, firstName: userId },
});
const demo = (userId: string, n = 1): object => ({
  type: 'track',
  event: 'Demo Booked',
  userId,
  messageId: `d-${userId}-${n}`,
  timestamp: START,
});
const bandOf = async (userId: string): Promise<string> => (await product.lead(`${userId}@example.com`)).band;

test('rules change without a deploy: the leads come to the new ones, and no more is started than was allowed', async () => {
  const people = ['ada', 'ben', 'cid', 'dot', 'eve'];
  for (const userId of people) await product.send(person(userId), demo(userId));
  await product.idle();
  expect(await bandOf('ada')).toBe('warm');
  expect(await progress()).toMatchObject({ state: 'none', epoch: 1 });

  const deployed = await deploy(await demoWorth(65), '--cap-handoffs', '2', '--cap-mails', '0');
  expect(deployed.err).toBe('');
  expect(deployed.code).toBe(0);
  expect(deployed.out).toContain('is live at');
  expect(deployed.out).toContain('It may start at most 2 handoffs, and at most 0 journeys of leads.');
  // Nobody may score by the old rules any more before.
  expect(await progress()).toMatchObject({ state: 'waiting', epoch: 2 });
  await product.advance('2m');
  // An event by the new rules meanwhile, of somebody new: what she does is not the deploy's.
  await product.send(person('fay'), demo('fay'));
  await product.advance('5m');
  expect(await progress()).toMatchObject({
    state: 'done',
    failed: 0,
    before: { warm: 5 },
    after: { hot: 6 },
    terms: { handoffs: 2, mails: 0 },
    started: { handoffs: 2, mails: 0 },
  });
  for (const userId of [...people, 'fay']) expect(await bandOf(userId)).toBe('hot');
  expect(await handoffs()).toHaveLength(2 + 1);
  const status = await kindling('rescore', '--status');
  expect(status.out).toContain('All leads are scored by these rules');
  expect(status.out).toContain('warm: 5 → 0');
  expect(status.out).toContain('handoffs started: 2 of at most 2');
});

test('a deploy against what is not live any more is refused, and so is one of journeys', async () => {
  const plan = join(product.data, 'plan.json');
  await writeFile(
    plan,
    JSON.stringify({ base: '0123456789abcdef', handoffs: { now: 3 }, mails: { now: 0 } }),
  );
  const stale = await deploy(await demoWorth(66), '--plan', plan);
  expect(stale.code).toBe(1);
  expect(stale.err).toContain('the plan was made against ruleset 0123456789abcdef');
  const journeys = await changedRules({ 'journeys/warm-up.yaml': [['wait: 2d', 'wait: 3d']] });
  folders.push(journeys);
  const refused = await deploy(journeys);
  expect(refused.err).toContain('the journey `warm-up` is changed');
  expect(refused.err).toContain('npx cdk deploy');
  const broken = await changedRules({ 'scores/fit.yaml': [['points: 20', 'points: twenty']] });
  folders.push(broken);
  const wrong = await deploy(broken);
  expect(wrong.err).toContain('fit.yaml');
  expect((await progress()).epoch).toBe(2);
});

test('a rollback is one command: the leads come back, and no new handoff goes out', async () => {
  const before = await handoffs();
  // By the folder of its state: where it listens is known there.
  const back = await run(['rollback', '--no-wait', '--data', product.data]);
  expect(back.err).toBe('');
  expect(back.out).toMatch(/^✓ Ruleset [0-9a-f]{16} is live at http:\/\/127\.0\.0\.1:\d+ \(epoch 3/);
  expect(back.code).toBe(0);
  const again = await kindling('rollback', '--no-wait');
  expect([again.code, again.err]).toEqual([
    1,
    'kindling: nothing was live before, or only what has been left behind since; ' +
      '`kindling rulesets` lists what was, and `kindling rollback HASH` makes one live\n',
  ]);
  const { publications } = JSON.parse((await kindling('rulesets', '--json')).out) as Listed;
  // Whoever published went back, too.
  expect(publications.at(-1)?.by).toBe(await whoAmI('.'));
  const same = await kindling('rollback', '--no-wait', publications.at(-1)?.hash ?? '');
  expect(same).toMatchObject({ code: 0, err: '' });
  expect(same.out).toMatch(/^Ruleset [0-9a-f]{16} is live already \(epoch 3\); nothing changed\.\n$/);
  const unknown = await kindling('rollback', '--no-wait', '0123456789abcdef');
  expect(unknown.err).toBe('kindling: ruleset 0123456789abcdef is not published\n');
  await product.advance('6m');
  expect(await progress()).toMatchObject({ state: 'done', epoch: 3, after: { warm: 6 } });
  expect(await bandOf('ada')).toBe('warm');
  expect(await handoffs()).toEqual(before);
  const { out } = await kindling('rulesets');
  const lines = out.split('\n');
  expect(lines[0]).toMatch(/^epoch +ruleset +since \(UTC\) +commit +by/);
  expect(lines[1]).toMatch(/^ +3 .* live$/);
  expect(lines[3]).toMatch(/^ +1 .* cdk deploy/);
});

test('what the score was then, by what was live then, is told exactly', async () => {
  const then = new Date(Date.parse(START) + 4 * 60_000).toISOString();
  const { out, code } = await kindling('explain', 'ada@example.com', '--at', then);
  expect(code).toBe(0);
  expect(out).toMatch(/^ada, ada@example.com: hot, 65 points/);
  expect(out).toContain('epoch 2');
  const now = await kindling('explain', 'ada@example.com');
  expect(now.out).toMatch(/^ada, ada@example.com: warm, 50 points/);
  // What came in later was not known then.
  await product.send({ ...demo('ada', 2), timestamp: '2026-05-03T08:00:00.000Z' });
  await product.idle();
  const later = await kindling('explain', 'ada@example.com');
  expect(later.out).toMatch(/^ada, ada@example.com: hot, 100 points/);
  const again = await kindling('explain', 'ada@example.com', '--at', then);
  expect(again.out).toBe(out);
  const early = await kindling('explain', 'ada@example.com', '--at', '2026-05-01');
  expect(early.code).toBe(1);
  expect(early.err).toContain('no rules were live then');
});

test('a rule’s history: who changed its points, when, and what became of the bands', async () => {
  const dir = await demoWorth(20);
  const git = (...args: string[]): void =>
    void execFileSync('git', [
      '-C',
      dir,
      '-c',
      'user.name=Ann Lee',
      '-c',
      'user.email=ann@example.com',
      ...args,
    ]);
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '-m', 'A demo is worth less');
  expect((await deploy(dir, '--mute')).code).toBe(0);
  await product.advance('6m');
  const { out } = await kindling('blame', 'demo');
  expect(out).toContain('points: 50 → 65');
  expect(out).toContain('points: 65 → 50');
  expect(out).toContain('points: 50 → 20');
  expect(out).toMatch(/scores\/engagement.yaml:10, changed by Ann Lee in [0-9a-f]{12} on /);
  expect(out).toContain('leads: warm 5 → 0, hot 0 → 6');
  const page = await kindling('explain', 'ben@example.com');
  expect(page.out).toMatch(/scores\/engagement.yaml:10, changed by Ann Lee in [0-9a-f]{12}/);
});

test('a challenger scores beside what is live, changes nothing and starts nothing', async () => {
  const before = await handoffs();
  const shadow = await demoWorth(70);
  const set = await kindling('deploy', '--shadow', shadow);
  expect(set.out).toContain('is the challenger since');
  await product.advance('10m');
  const { out } = await kindling('explain', 'ben@example.com');
  expect(out).toMatch(/^ben, ben@example.com: warm, 20 points/);
  expect(out).toMatch(/The challenger [0-9a-f]{16} says hot, 70 points, qualified\./);
  expect(await handoffs()).toEqual(before);
  expect((await kindling('deploy', '--end-shadow')).code).toBe(0);
});
