import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rulesWithAccounts } from './account-rules.ts';
import { type Product, startProduct } from './product.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const START = Date.parse('2026-05-04T08:00:00.000Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PEOPLE = ['ann', 'bob', 'cat', 'dan'];

/** A large company is 30 points; hot from 60 on until below 50. */
const SIZE = `score: size
rules:
  large:
    why: They have money.
    when: { account.employees: '>=500' }
    points: 30
`;
const BANDS = `total: { sum: { fit: 1, engagement: 1, size: 1 } }
bands: { cold: 0, warm: 20, hot: { enter: 60, leave: 25 } }
qualified: { band: [hot] }
`;

let rules: string;
let folder: string;
let product: Product;
const sent: object[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindling-said-'));
  rules = await rulesWithAccounts();
  await writeFile(join(rules, 'scores', 'size.yaml'), SIZE);
  await writeFile(join(rules, 'bands.yaml'), BANDS);
  product = await startProduct({
    args: ['--rules', rules, '--virtual-clock', new Date(START).toISOString()],
  });
});
afterAll(async () => {
  await product.end();
  for (const each of [rules, folder]) await rm(each, { recursive: true, force: true });
});

const clock = async (): Promise<number> =>
  Date.parse((await product.get<{ now: string }>('/_local/clock')).now);
const at = (ms: number, type: string, userId: string, rest: object) => ({
  ...{ type, userId, messageId: `m${sent.length}-${Math.random()}`, timestamp: new Date(ms).toISOString() },
  ...rest,
});
const send = async (...messages: object[]): Promise<void> => {
  sent.push(...messages);
  await product.send(...messages);
  await product.idle();
};

interface Scored {
  readonly userId: string;
  readonly band: string;
  readonly total: number;
  readonly qualified: boolean;
  readonly scores: Readonly<Record<string, unknown>>;
}

/** What `kindling score` makes of all that was sent, by person. */
async function scored(now: number): Promise<ReadonlyMap<string, Scored>> {
  const events = join(folder, 'events.ndjson');
  await writeFile(events, sent.map((message) => JSON.stringify(message)).join('\n'));
  const args = ['score', '--rules', rules, '--events', events, '--at', new Date(now).toISOString(), '--json'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(ROOT, 'bin', 'kindling.js'), ...args],
    {
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  const lines = stdout.trim().split('\n');
  return new Map(lines.map((line) => JSON.parse(line) as Scored).map((lead) => [lead.userId, lead]));
}

/** Where everybody stands by what is stored, as the lists by band have it, and by their pages. */
async function stored(): Promise<ReadonlyMap<string, string>> {
  const bands = await Promise.all(
    ['cold', 'warm', 'hot'].map(async (band) => {
      const { leads } = await product.leads(`?band=${band}`);
      return leads.map(({ email }): [string, string] => [String(email).split('@')[0] ?? '', band]);
    }),
  );
  return new Map(bands.flat());
}

async function expectTheSame(): Promise<ReadonlyMap<string, Scored>> {
  const now = await clock();
  const alone = await scored(now);
  const lists = await stored();
  for (const who of PEOPLE) {
    const lead = alone.get(who);
    const page = await product.lead(`${who}@acme.example`);
    expect({ who, band: page.band, qualified: page.qualified, listed: lists.get(who) }).toEqual({
      who,
      band: lead?.band,
      qualified: lead?.qualified,
      listed: lead?.band,
    });
    expect(page.total).toBeCloseTo(lead?.total ?? NaN, 4);
    expect(page.scores).toMatchObject({ size: lead?.scores['size'] });
  }
  return alone;
}

test('what colleagues say of an account, in time or late, is in everybody’s score as `kindling score` has it', async () => {
  const pages = (userId: string, times: number, ms: number) =>
    Array.from({ length: times }, () => at(ms, 'page', userId, { properties: { path: '/pricing' } }));
  const joins = (userId: string, ms: number, groupId: string, traits: object = {}) =>
    at(ms, 'group', userId, { groupId, traits });
  await send(
    ...PEOPLE.map((who) => at(START, 'identify', who, { traits: { email: `${who}@acme.example` } })),
    ...['ann', 'bob', 'cat'].map((who) => joins(who, START, 'acme')),
    joins('dan', START, 'other', { employees: 20 }),
    ...pages('ann', 4, START),
    ...pages('bob', 1, START),
    ...pages('dan', 4, START),
  );
  await product.advance('2m');
  expect([...(await expectTheSame()).values()].map(({ band }) => band).sort()).toEqual(
    ['cold', 'cold', 'warm', 'warm'].sort(),
  );

  // Said now: everybody moves within a minute, and nobody else.
  await send(joins('cat', await clock(), 'acme', { employees: 900 }));
  await product.advance('1m');
  const large = await expectTheSame();
  expect(PEOPLE.map((who) => large.get(who)?.band)).toEqual(['hot', 'warm', 'warm', 'warm']);

  // They shrink; ann goes on from where she was.
  await product.advance('1d');
  await send(joins('cat', await clock(), 'acme', { employees: 30 }));
  await product.advance('1m');
  const small = await expectTheSame();
  expect(small.get('ann')?.band).toBe('hot');

  // Told late, of a day before: dan's company was large for an hour, and he has not left hot since.
  await send(
    ...pages('bob', 1, await clock()),
    at(START + HOUR, 'group', 'erin', { groupId: 'other', traits: { employees: 5_000 } }),
    at(START + 2 * HOUR, 'group', 'erin', { groupId: 'other', traits: { employees: 20 } }),
  );
  await product.advance('1m');
  const late = await expectTheSame();
  expect(late.get('dan')).toMatchObject({ band: 'hot', qualified: true });
  expect(await clock()).toBeLessThan(START + 2 * DAY);
}, 120_000);
