import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { storeHistory } from '../../cli/history/store-history.ts';
import { replayPlan } from '../../cli/plan/run.ts';
import type { Begun } from '../../core/impact/begin.ts';
import type { HistoryAccount, HistoryLead } from '../../core/impact/history.ts';
import type { Impact } from '../../core/impact/report.ts';
import { journeyEntryId } from '../../core/nurture/journey.ts';
import { loadRules } from '../../rulefiles/load.ts';
import { run } from '../cli/run.ts';
import { rulesWithAccounts } from './account-rules.ts';
import { startProduct } from './product.ts';
import { readStored, type StoredClaim } from './stored.ts';

const DAY = 86_400_000;
const WEEK = 7 * DAY;
const START = Date.parse('2026-05-04T08:00:00.000Z');
const folders: string[] = [];
let base = '';
let head = '';
beforeAll(async () => {
  base = await rulesWithAccounts();
  head = await mkdtemp(join(tmpdir(), 'kindling-rules-'));
  folders.push(base, head);
  await cp(base, head, { recursive: true });
  const change = async (file: string, ...changes: readonly (readonly [string, string])[]): Promise<void> => {
    let text = await readFile(join(head, file), 'utf8');
    for (const [from, to] of changes) {
      expect(text).toContain(from);
      text = text.replace(from, to);
    }
    await writeFile(join(head, file), text);
  };
  await change('scores/engagement.yaml', ['points: 10\n', 'points: 18\n'], ['cap: 40', 'cap: 80']);
  await change(
    'bands.yaml',
    ['warm: 20', 'mild: 10, warm: 20'],
    ['enter: 60, leave: 50', 'enter: 45, leave: 40'],
  );
  await change('accounts.yaml', ['enter: 40', 'enter: 30']);
});
afterAll(async () => {
  for (const dir of folders) await rm(dir, { recursive: true, force: true });
});

/** People in all kinds of places, three to a company; some nobody knows by name. */
function messages(): object[] {
  const at = (daysAgo: number): string => new Date(START - daysAgo * DAY).toISOString();
  return Array.from({ length: 72 }, (_, n) => {
    const kind = n % 9;
    const who = kind === 3 ? { anonymousId: `visitor-${n}` } : { userId: `user-${n}` };
    let sent = 0;
    const message = (daysAgo: number, rest: object): object => ({
      ...who,
      messageId: `m${n}-${(sent += 1)}`,
      timestamp: at(daysAgo),
      ...rest,
    });
    const traits = {
      email: `user-${n}@company-${Math.floor(n / 3)}.example`,
      firstName: `Ada${n}`,
      ...([0, 4, 5].includes(kind) && { title: 'Head of Growth' }),
    };
    const times = (count: number, of: (each: number) => object): object[] =>
      Array.from({ length: count }, (_, each) => of(each));
    const page = (daysAgo: number): object =>
      message(daysAgo, { type: 'page', properties: { path: '/pricing' } });
    const track = (daysAgo: number, event: string): object => message(daysAgo, { type: 'track', event });
    return [
      ...(kind === 3 ? [] : [message(29.5, { type: 'identify', traits })]),
      // Handed over on the first day, and out of it again on the second, when the demo is a month ago.
      ...(kind === 4 ? [track(28.5, 'Demo Booked'), page(0.01), page(0.02)] : []),
      ...(kind === 5 ? [track(2, 'Demo Booked')] : []),
      ...(kind === 0 ? times(3, (each) => page(each / 10)) : []),
      ...(kind === 1 || kind === 7 ? [page(kind / 2)] : []),
      ...(kind === 2 || kind === 3 ? times(2, (each) => page(each / 20)) : []),
      ...(kind === 8 ? [page(0.2), ...times(7, () => track(1, 'Counted'))] : []),
    ];
  }).flat();
}

const isOfJourney = ({ entry, outcome }: StoredClaim): boolean =>
  !entry.startsWith('handoff-') && outcome === 'sent';

interface Held {
  readonly leads: ReadonlyMap<string, HistoryLead>;
  readonly accounts: ReadonlyMap<string, HistoryAccount>;
}

test('what a plan said is what publishing and rescoring does: who moves, who is handed over, who begins a journey', async () => {
  const into = await mkdtemp(join(tmpdir(), 'kindling-history-'));
  folders.push(into);
  const pull = async (name: string, ...from: string[]): Promise<Held> => {
    const dir = join(into, name);
    const { code, err, out } = await run(['history', 'pull', ...from, '--into', dir], {
      now: START + 2 * DAY,
    });
    if (code !== 0) throw new Error(err);
    expect(out).toContain('72 leads');
    const source = await storeHistory(dir, START + 2 * DAY);
    const leads = new Map<string, HistoryLead>();
    for await (const chunk of source.chunks()) for (const lead of chunk.leads) leads.set(lead.id, lead);
    return { leads, accounts: source.accounts };
  };

  const product = await startProduct({
    args: ['--rules', base, '--virtual-clock', new Date(START).toISOString()],
  });
  onTestFinished(() => product.kill());
  const { data } = product;
  folders.push(data);
  const all = messages();
  for (let n = 0; n < all.length; n += 100)
    expect((await product.send(...all.slice(n, n + 100))).ok).toBe(true);
  await product.idle();
  await product.advance('2d');
  await product.idle();
  // From the running product; what follows is read from the files of the stopped one.
  const before = await pull('before', '--url', product.url);
  await product.stop();
  const stored = new Map((await readStored(data)).leads.map((each) => [each.lead.id, each]));

  const [old, next] = await Promise.all([loadRules(base), loadRules(head)]);
  if (!old.ok || !next.ok) throw new Error('the rules of this test are wrong');
  const said = {
    moves: [] as string[],
    handoffs: [] as string[],
    journeys: [] as string[],
    mails: [] as string[],
  };
  const saidOf = (id: string, { journey, mails, following }: Begun): void => {
    said.journeys.push(`${id} ${journey}`);
    said.mails.push(...Array.from({ length: mails + following }, () => `${id} ${journey}`));
  };
  const plan: Impact = await replayPlan(await storeHistory(join(into, 'before'), START + 2 * DAY), {
    base: old.value,
    head: next.value,
    at: START + 2 * DAY,
    since: START - 60 * DAY,
    onBegun: saidOf,
    onLead: ({ id }, was, is, begins) => {
      if (was.band !== is.band || was.qualified !== is.qualified)
        said.moves.push(`${id} ${was.band} ${was.qualified} → ${is.band} ${is.qualified}`);
      if (begins.handoff) said.handoffs.push(id);
      for (const begun of begins.journeys) saidOf(id, begun);
    },
  });
  // There is something of everything in it, else it proves little.
  const moved = (from: string, to: string): number =>
    plan.bands.moves.find((move) => move.from === from && move.to === to)?.count ?? 0;
  expect(moved('cold', 'mild')).toBeGreaterThan(0);
  expect(moved('warm', 'hot')).toBeGreaterThan(8);
  expect(plan.qualified.enter).toBeGreaterThan(plan.handoffs.now);
  expect(plan.handoffs.now).toBeGreaterThan(0);
  expect(plan.mails.now).toBeGreaterThan(0);
  expect(plan.mails.following).toBeGreaterThan(0);
  // What went out in the weeks behind is known from what was delivered.
  const went = [...stored.values()].flatMap(({ claims }) => claims.filter(isOfJourney)).length;
  expect(went).toBeGreaterThan(10);
  expect(plan.mails.perWeekBefore).toBeCloseTo(went / ((31.5 * DAY) / WEEK), 1);
  expect(plan.accounts?.handoffs.now).toBeGreaterThan(0);

  const again = await startProduct({
    data,
    args: ['--rules', head, '--virtual-clock', new Date(START).toISOString()],
  });
  onTestFinished(() => again.kill());
  await again.idle();
  await again.advance('1h');
  await again.idle();
  await again.stop();
  const after = await pull('after', '--data', data);
  const now = (await readStored(data)).leads;
  const later = await startProduct({
    data,
    args: ['--rules', head, '--virtual-clock', new Date(START).toISOString()],
  });
  onTestFinished(() => later.kill());
  await later.idle();
  // Until the last mails of what began are out.
  await later.advance('3d');
  await later.idle();
  await later.stop();
  const inTheEnd = new Map((await readStored(data)).leads.map((each) => [each.lead.id, each]));

  const did: typeof said = { moves: [], handoffs: [], journeys: [], mails: [] };
  let atOnce = 0;
  for (const {
    lead: { id, standing },
    claims,
  } of now) {
    const was = stored.get(id)?.lead.standing;
    if (!was || !standing) throw new Error(`${id} is not scored`);
    if (was.band !== standing.band || was.qualified !== standing.qualified)
      did.moves.push(`${id} ${was.band} ${was.qualified} → ${standing.band} ${standing.qualified}`);
    const [earlier, later] = [before.leads.get(id)?.state, after.leads.get(id)?.state];
    if ((later?.handoffs.length ?? 0) > (earlier?.handoffs.length ?? 0)) did.handoffs.push(id);
    for (const [journey, entry] of Object.entries(later?.journeys ?? {}))
      if (earlier?.journeys[journey]?.change !== entry.change) {
        did.journeys.push(`${id} ${journey}`);
        const isOfIt = (claim: StoredClaim): boolean =>
          claim.entry === journeyEntryId(journey, entry.change) && claim.outcome === 'sent';
        atOnce += claims.filter(isOfIt).length;
        for (const _ of inTheEnd.get(id)?.claims.filter(isOfIt) ?? []) did.mails.push(`${id} ${journey}`);
      }
  }
  expect(did.moves.toSorted()).toEqual(said.moves.toSorted());
  expect(did.handoffs.toSorted()).toEqual(said.handoffs.toSorted());
  expect(did.journeys.toSorted()).toEqual(said.journeys.toSorted());
  expect(plan.handoffs.now).toBe(did.handoffs.length);
  expect(plan.mails.begin.now).toBe(did.journeys.length);
  expect(did.mails.toSorted()).toEqual(said.mails.toSorted());
  expect([plan.mails.now, plan.mails.following]).toEqual([atOnce, did.mails.length - atOnce]);

  const bands = ({ accounts }: Held): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { place } of accounts.values())
      if (place?.band) counts[place.band] = (counts[place.band] ?? 0) + 1;
    return counts;
  };
  const handoffs = ({ accounts }: Held): number =>
    [...accounts.values()].reduce((sum, account) => sum + account.handoffs.length, 0);
  expect(plan.accounts).toMatchObject({ before: bands(before), after: bands(after) });
  expect(plan.accounts?.handoffs.now).toBe(handoffs(after) - handoffs(before));
  const moves: Record<string, number> = {};
  let [enter, leave] = [0, 0];
  for (const [id, { place: was }] of before.accounts) {
    const is = after.accounts.get(id)?.place;
    if (!was || !is) throw new Error(`${id} was never looked at`);
    const move = `${was.band} → ${is.band}`;
    if (was.band !== is.band) moves[move] = (moves[move] ?? 0) + 1;
    if (is.qualified && !was.qualified) enter += 1;
    if (was.qualified && !is.qualified) leave += 1;
  }
  const saidOfAccounts = plan.accounts?.moves.map(({ from, to, count }) => [`${from} → ${to}`, count]) ?? [];
  expect(Object.fromEntries(saidOfAccounts)).toEqual(moves);
  expect(plan.accounts?.qualified).toEqual({ enter, leave });

  // The weeks behind, replayed from events alone, are those that the product has lived through.
  const pulled = await storeHistory(join(into, 'before'), START + 2 * DAY);
  const replayed = await replayPlan(
    {
      ...pulled,
      accounts: new Map(
        [...pulled.accounts].map(([id, account]) => [
          id,
          { ...account, place: null, handoffs: [], entry: 0 },
        ]),
      ),
      chunks: async function* () {
        for await (const chunk of pulled.chunks())
          yield { ...chunk, leads: chunk.leads.map((lead) => ({ ...lead, state: null })) };
      },
    },
    { base: old.value, head: next.value, at: START + 2 * DAY, since: START - 60 * DAY },
  );
  const lived = (31.5 * DAY) / WEEK;
  expect(handoffs(before)).toBeGreaterThan(2);
  expect(replayed.accounts?.handoffs.perWeekBefore).toBeCloseTo(handoffs(before) / lived, 1);
  expect(plan.accounts?.handoffs.perWeekBefore).toBeCloseTo(handoffs(before) / lived, 1);
  const together = [...before.leads.values()].filter(({ state }) => state?.journeys['together']).length;
  expect(together).toBeGreaterThan(5);
  for (const { mails } of [plan, replayed])
    expect(mails.journeys['together']?.begin.perWeekBefore).toBeCloseTo(together / lived, 1);

  // The table itself may be asked, too; what it holds is fetched first.
  const was = process.cwd();
  process.chdir(into);
  onTestFinished(() => process.chdir(was));
  const asked = await run(['plan', '--base', base, '--head', head, '--history', 'table', '--data', data], {
    now: START + 3 * DAY,
  });
  expect(asked.err).not.toContain('kindling:');
  expect(asked.out).toMatch(/^72 leads and \d+ events of the local product in /m);
}, 300_000);
