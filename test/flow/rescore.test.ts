import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { storeHistory } from '../../cli/history/store-history.ts';
import { replayPlan } from '../../cli/plan/run.ts';
import type { Progress } from '../../core/publish/progress.ts';
import { loadRules } from '../../rulefiles/load.ts';
import { run } from '../cli/run.ts';
import { changedRules } from './changed-rules.ts';
import { type Product, startProduct } from './product.ts';
import { readStored, type Stored, type StoredLead } from './stored.ts';

const START = '2026-05-04T08:00:00.000Z';
const RULES = 'test/flow/rules';
const SIZE = 140;
/** Of seven kinds of people, as many as there are of one. */
const KIND = SIZE / 7;

let product: Product;
const folders: string[] = [];
afterAll(async () => {
  await product.end();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** Seven kinds of people: some of them come into another band, some only have other points, some stay as they are. */
const person = (n: number): object[] => {
  const userId = `user-${n}`;
  const kind = n % 7;
  const title = kind === 1 || kind === 3 || kind === 4 ? { title: 'Head of Growth' } : {};
  const message = (id: string, fields: object): object => ({
    ...{ userId, messageId: `${userId}-${id}`, timestamp: START },
    ...fields,
  });
  return [
    message('i', { type: 'identify', traits: { email: `${userId}@example.com`, ...title } }),
    ...(kind <= 1 ? [message('p', { type: 'page', properties: { path: '/pricing' } })] : []),
    ...(kind === 2 || kind === 3 ? [message('d', { type: 'track', event: 'Demo Booked' })] : []),
    ...Array.from({ length: kind === 5 ? 10 : kind === 6 ? 5 : 0 }, (_, c) =>
      message(`c${c}`, { type: 'track', event: 'Counted' }),
    ),
  ];
};

const started = async (): Promise<Product> =>
  startProduct({
    args: ['--rules', RULES, '--virtual-clock', START],
    ...(folders[0] === undefined ? {} : { data: folders[0] }),
  });
const progress = (): Promise<Progress> => product.get<Progress>('/api/rescore');

/** Ids of the leads with a message of that name, as often as they have one. */
const got = (email: string, { leads }: Stored): string[] =>
  leads.flatMap(({ lead, claims }) => claims.filter((claim) => claim.email === email).map(() => lead.id));
/** What came to it since. */
const added = (after: readonly string[], before: readonly string[]): string[] => {
  const left = [...before];
  return after
    .filter((id) => {
      const at = left.indexOf(id);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    })
    .sort();
};

/** What a replay of the history says, lead by lead. */
const foretold = async (history: string, head: string, at: number) => {
  const [was, is] = await Promise.all([RULES, head].map((dir) => loadRules(dir)));
  if (!was?.ok || !is?.ok) throw new Error('the rules are wrong');
  const moves = new Map<string, { band: string; qualified: boolean }>();
  const handoffs: string[] = [];
  const journeys: string[] = [];
  await replayPlan(await storeHistory(history, at), {
    base: was.value,
    head: is.value,
    at,
    since: at - 7 * 86_400_000,
    onLead: ({ id }, before, { band, qualified }, begins) => {
      if (before.band !== band || before.qualified !== qualified) moves.set(id, { band, qualified });
      if (begins.handoff) handoffs.push(id);
      if (begins.journeys.length > 0) journeys.push(id);
    },
  });
  return { moves, handoffs: handoffs.sort(), journeys: journeys.sort() };
};

test('a deploy moves exactly the leads that its plan said, and sends exactly the handoffs, though it is killed in the middle', async () => {
  product = await started();
  folders.push(product.data);
  const people = Array.from({ length: SIZE }, (_, n) => person(n));
  while (people.length > 0) expect((await product.send(...people.splice(0, 100).flat())).status).toBe(200);
  await product.idle();
  await product.advance('1m');
  await product.stop();
  const before = await readStored(product.data);
  expect(before.leads).toHaveLength(SIZE);
  product = await started();

  const head = await changedRules({
    'scores/engagement.yaml': [
      ['points: 50', 'points: 65'],
      ['points: 1\n', 'points: 3\n'],
    ],
    'scores/fit.yaml': [['points: 20', 'points: 9']],
  });
  const history = await mkdtemp(join(tmpdir(), 'kindling-history-'));
  folders.push(head, history);
  const pulled = await run(['history', 'pull', '--url', product.url, '--into', history]);
  expect(pulled.code, pulled.err).toBe(0);
  const at = Date.parse(START) + 60_000;
  const planned = await run([
    ...['plan', '--base', RULES, '--head', head, '--history', history],
    ...['--at', new Date(at).toISOString(), '--format', 'json'],
  ]);
  expect(planned.code).toBe(2);
  const plan = join(product.data, 'plan.json');
  await writeFile(plan, planned.out);
  const { bands, handoffs, mails } = JSON.parse(planned.out) as {
    bands: { after: Record<string, number> };
    handoffs: { now: number };
    mails: { now: number; begin: { now: number } };
  };
  const said = await foretold(history, head, at);
  expect([handoffs.now, said.handoffs.length]).toEqual([KIND, KIND]);
  expect([mails.now, mails.begin.now, said.journeys.length]).toEqual([KIND, KIND, KIND]);

  const deployed = await run([
    ...['deploy', '--rules', head, '--plan', plan, '--no-wait', '--url', product.url],
  ]);
  expect(deployed.err).toBe('');
  expect(deployed.out).toContain(
    `It may start at most ${KIND} handoffs, and at most ${KIND} journeys of leads.`,
  );

  // The rescore begins three minutes after the switch; somewhere in it the power goes.
  const advanced = product.advance('4m').catch(() => {});
  let now = await progress();
  while (now.looked === 0) now = await progress();
  await product.kill();
  await advanced;
  expect(now).toMatchObject({ state: 'running', finishedAt: null });
  product = await started();
  // The rescore goes on where it was, and tells what the kill cut short between a lead's commit and the telling of it.
  await product.advance('15m');
  const done = await progress();
  expect(done).toMatchObject({ state: 'done', failed: 0, terms: { handoffs: KIND, mails: KIND } });
  expect(done.started).toEqual(done.terms);
  await product.stop();
  const after = await readStored(product.data);

  const was = new Map(before.leads.map(({ lead }) => [lead.id, lead]));
  const standingOf = ({ lead: { id, standing } }: StoredLead) => [id, standing?.band, standing?.qualified];
  const expectedOf = ({ lead: { id } }: StoredLead) => {
    const expected = said.moves.get(id) ?? was.get(id)?.standing;
    return [id, expected?.band, expected?.qualified];
  };
  expect(after.leads.map(standingOf)).toEqual(after.leads.map(expectedOf));
  expect(done.after).toEqual(
    Object.fromEntries(Object.entries(bands.after).filter(([, count]) => count > 0)),
  );
  expect(added(got('handoff', after), got('handoff', before))).toEqual(said.handoffs);
  expect(added(got('welcome', after), got('welcome', before))).toEqual(said.journeys);

  // One write of each lead that comes to something else, whether a crossing had to be told or not, and though the kill
  // came in the middle. An event that came since, of a mail's delivery, costs its own.
  const were = new Map(before.leads.map((each) => [each.lead.id, each]));
  const writes = { none: new Set<number>(), silent: new Set<number>(), told: new Set<number>() };
  for (const { lead, events } of after.leads) {
    const old = were.get(lead.id);
    const count = lead.version - (old?.lead.version ?? 0) - (events.length - (old?.events.length ?? 0));
    const crossings = ['band', 'qualified', 'grade'] as const;
    const crossed = crossings.some((each) => old?.lead.standing?.[each] !== lead.standing?.[each]);
    writes[crossed ? 'told' : old?.lead.total === lead.total ? 'none' : 'silent'].add(count);
  }
  expect(writes).toEqual({ none: new Set([0]), silent: new Set([1]), told: new Set([1]) });
});
