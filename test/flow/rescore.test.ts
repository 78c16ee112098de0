import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { storeHistory } from '../../cli/history/store-history.ts';
import { asJson } from '../../cli/plan/json.ts';
import { replayPlan } from '../../cli/plan/run.ts';
import type { Progress } from '../../core/publish/progress.ts';
import { loadRules } from '../../rulefiles/load.ts';
import { run } from '../cli/run.ts';
import { changedRules } from './changed-rules.ts';
import { type Product, startProduct } from './product.ts';
import { readStored, type Stored } from './stored.ts';

const START = '2026-05-04T08:00:00.000Z';
const RULES = 'test/flow/rules';
/** KINDLING_LEADS=20000 takes some minutes. */
const SIZE = Number(process.env['KINDLING_LEADS'] ?? 420);
const PATIENCE = 120_000 + SIZE * 60;

let product: Product;
let changed = '';
afterAll(async () => {
  await product.end();
  await rm(changed, { recursive: true, force: true });
});

/** Six kinds of people: some of them another band, some only other points, some nothing. */
const person = (n: number): object[] => {
  const userId = `user-${n}`;
  const kind = n % 6;
  const title = kind === 1 || kind === 3 || kind === 4 ? { title: 'Head of Growth' } : {};
  const message = (id: string, fields: object): object => ({
    ...{ userId, messageId: `${userId}-${id}`, timestamp: START },
    ...fields,
  });
  return [
    message('i', { type: 'identify', traits: { email: `${userId}@example.com`, ...title } }),
    ...(kind <= 1 ? [message('p', { type: 'page', properties: { path: '/pricing' } })] : []),
    ...(kind === 2 || kind === 3 ? [message('d', { type: 'track', event: 'Demo Booked' })] : []),
    ...(kind === 5
      ? Array.from({ length: 10 }, (_, c) => message(`c${c}`, { type: 'track', event: 'Counted' }))
      : []),
  ];
};

const handedOver = (stored: Stored): Set<string> =>
  new Set(stored.leads.filter(({ claims }) => claims.some(({ email }) => email === 'handoff')).map(idOf));
const idOf = ({ lead }: Stored['leads'][number]): string => lead.id;
const entered = (stored: Stored): Set<string> =>
  new Set(stored.leads.filter(({ claims }) => claims.some(({ email }) => email === 'welcome')).map(idOf));
const more = (after: Set<string>, before: Set<string>): string[] =>
  [...after].filter((id) => !before.has(id)).sort();

test(
  `a deploy moves exactly the leads that its plan said, and sends exactly the handoffs, though it is killed in the middle (${SIZE} leads)`,
  async () => {
    product = await startProduct({ args: ['--rules', RULES, '--virtual-clock', START] });
    const { data } = product;
    const again = async (): Promise<Product> => startProduct({ data, args: ['--rules', RULES] });
    const people = Array.from({ length: SIZE }, (_, n) => person(n));
    while (people.length > 0) {
      const answer = await product.send(...people.splice(0, 200).flat());
      expect(answer.status).toBe(200);
      if (people.length % 2_000 < 200) await product.idle();
    }
    await product.idle();
    await product.advance('1m');
    await product.stop();
    const before = await readStored(data);
    expect(before.leads).toHaveLength(SIZE);
    product = await again();

    changed = await changedRules({
      'scores/engagement.yaml': [
        ['points: 50', 'points: 65'],
        ['points: 1\n', 'points: 3\n'],
      ],
      'scores/fit.yaml': [['points: 20', 'points: 9']],
    });
    const [base, head] = await Promise.all([RULES, changed].map((dir) => loadRules(dir)));
    if (!base?.ok || !head?.ok) throw new Error('the rules are wrong');
    const history = join(data, 'history');
    const pulled = await run(['history', 'pull', '--url', product.url, '--into', history]);
    if (pulled.code !== 0) throw new Error(pulled.err);
    const at = Date.parse(START) + 60_000;
    const moves = new Map<string, { band: string; qualified: boolean }>();
    const begins = { handoffs: [] as string[], journeys: [] as string[] };
    const impact = await replayPlan(await storeHistory(history, at), {
      base: base.value,
      head: head.value,
      at,
      since: at - 7 * 86_400_000,
      onLead: ({ id }, was, is, { handoff, journeys }) => {
        if (was.band !== is.band || was.qualified !== is.qualified)
          moves.set(id, { band: is.band, qualified: is.qualified });
        if (handoff) begins.handoffs.push(id);
        if (journeys.length > 0) begins.journeys.push(id);
      },
    });
    const plan = join(data, 'plan.json');
    const [baseHash, headHash] = [base.value.hash, head.value.hash];
    await writeFile(
      plan,
      asJson(impact, {
        base: { label: RULES, hash: baseHash },
        head: { label: 'changed', hash: headHash },
        history: history,
        note: null,
        showPii: false,
      } as never),
    );
    expect(begins.handoffs).toHaveLength(SIZE / 6);
    expect(begins.journeys).toHaveLength(SIZE / 6);
    const deployed = await run([
      'deploy',
      '--rules',
      changed,
      '--plan',
      plan,
      '--no-wait',
      '--url',
      product.url,
    ]);
    expect(deployed.err).toBe('');
    expect(deployed.out).toContain(
      `It may start at most ${SIZE / 6} handoffs, and at most ${SIZE / 6} journeys of leads.`,
    );

    // The rescore begins three minutes after the switch; somewhere in it the power goes.
    const progress = (): Promise<Progress> => product.get<Progress>('/api/rescore');
    const advanced = product.advance('4m').catch(() => {});
    for (let now = await progress(); now.looked < SIZE / 5; now = await progress())
      expect(now.state).not.toBe('done');
    await product.kill();
    await advanced;
    const began = performance.now();
    product = await again();
    await product.idle();
    await product.advance('5m');
    const took = performance.now() - began;
    const done = await progress();
    expect(done).toMatchObject({ state: 'done', failed: 0, terms: { handoffs: SIZE / 6, mails: SIZE / 6 } });
    await product.stop();
    const after = await readStored(data);

    const wrong = after.leads.filter(({ lead }) => {
      const was = before.leads.find((each) => each.lead.id === lead.id)?.lead.standing;
      const expected = moves.get(lead.id) ?? was;
      return lead.standing?.band !== expected?.band || lead.standing?.qualified !== expected?.qualified;
    });
    expect(wrong.map(idOf)).toEqual([]);
    expect(more(handedOver(after), handedOver(before))).toEqual(begins.handoffs.toSorted());
    expect(more(entered(after), entered(before))).toEqual(begins.journeys.toSorted());
    expect(done.after).toEqual(
      Object.fromEntries(Object.entries(impact.bands.after).filter(([, count]) => count > 0)),
    );

    // Of each lead: untouched, or one write of what it is now, and one more where that had to be told.
    const writes = after.leads.map(({ lead }) => {
      const was = before.leads.find((each) => each.lead.id === lead.id)?.lead;
      return { was, lead, writes: lead.version - (was?.version ?? 0), moved: moves.has(lead.id) };
    });
    for (const { was, lead, writes: count, moved } of writes) {
      const touched = was?.total !== lead.total;
      expect(count).toBeLessThanOrEqual(moved ? 2 : touched ? 1 : 0);
    }
    if (SIZE > 1_000)
      process.stderr.write(`${SIZE} leads, from the restart to the end: ${Math.round(took)} ms\n`);
  },
  PATIENCE,
);
