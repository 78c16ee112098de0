import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Lead } from '../core/lead.ts';
import { compile } from '../core/engine/compile.ts';
import type { Progress } from '../core/publish/progress.ts';
import { loadRules } from '../rulefiles/load.ts';
import { changedRules } from '../test/flow/changed-rules.ts';
import { type Product, startProduct } from '../test/flow/product.ts';
import { readStored, type Stored } from '../test/flow/stored.ts';
import { accepted } from './accepted.ts';
import { median, percentile } from './median.ts';

/** BENCH_RESCORE_LEADS=1000 for a quick look. */
const LEADS = Number(process.env['BENCH_RESCORE_LEADS'] ?? 20_000);
const KINDLING = join(import.meta.dirname, '..', 'bin', 'kindling.js');
const RULES = 'test/flow/rules';
const START = '2026-05-04T08:00:00.000Z';
const BATCH = 100;
/** Single events while nothing else happens, and while leads are brought to other rules: of nobody who is counted. */
const A_SECOND = 10;

/** Of ten, three come into another band by the change, three to other points, four stay as they are. */
const message = (n: number): object => {
  const kind = n % 10;
  const userId = `lead-${n}`;
  const sent = { userId, messageId: `m-${n}`, timestamp: START };
  if (kind < 2) return { ...sent, type: 'track', event: 'Demo Booked' };
  if (kind < 3) return { ...sent, type: 'identify', traits: { title: 'Head of Growth' } };
  if (kind < 6) return { ...sent, type: 'track', event: 'Counted' };
  return { ...sent, type: 'page', properties: { path: '/pricing' } };
};

const CHANGES = {
  'scores/engagement.yaml': [
    ['points: 50', 'points: 65'],
    ['points: 1\n', 'points: 3\n'],
  ],
  'scores/fit.yaml': [['points: 20', 'points: 9']],
} as const;

/** Sends single events one after the other until it is told to stop; how long each waited for its answer, ms. */
const liveEvents = (product: Product, name: string): { stop: () => Promise<number[]> } => {
  const waits: number[] = [];
  let on = true;
  const sending = (async () => {
    for (let n = 0; on; n += 1) {
      const start = performance.now();
      const event = { type: 'page', userId: `live-${n % 20}`, properties: { path: '/blog' } };
      // The product is killed while it is asked.
      const answer = await product.send({ ...event, messageId: `${name}-${n}` }).catch(() => null);
      if (answer === null) return;
      await answer.arrayBuffer().catch(() => {});
      const took = performance.now() - start;
      waits.push(took);
      await sleep(Math.max(0, 1_000 / A_SECOND - took));
    }
  })();
  return {
    stop: async () => {
      on = false;
      await sending;
      return waits;
    },
  };
};

const isCounted = ({ users }: Lead): boolean => users.some((user) => user.startsWith('lead-'));

/** What of the leads is not what these rules make of their logs, and how often each was written since. */
const held = async (before: Stored, after: Stored, rules: string) => {
  const loaded = await loadRules(rules);
  if (!loaded.ok) throw new Error('the rules are wrong');
  const engine = compile(loaded.value);
  const was = new Map(before.leads.map(({ lead }) => [lead.id, lead]));
  const found = { leads: 0, wrong: 0, changed: 0, writes: 0, needless: 0, claims: 0 };
  for (const { lead, events, claims } of after.leads) {
    if (!isCounted(lead)) continue;
    const old = was.get(lead.id);
    const { total, band, qualified, grade } = engine.evaluate({ events }, lead.asOf);
    const is = lead.standing;
    const right =
      total === lead.total && band === is?.band && qualified === is.qualified && grade === is.grade;
    const changed = old?.total !== lead.total || old.standing?.band !== is?.band;
    const writes = lead.version - (old?.version ?? 0);
    found.leads += 1;
    found.wrong += Number(!right);
    found.changed += Number(changed);
    if (changed) found.writes += writes;
    else found.needless += writes;
    found.claims += claims.length;
  }
  return found;
};

/** 20,000 leads are brought to other rules by a muted deploy, which is killed in the middle; events go on meanwhile. */
export async function rescore(): Promise<Record<string, number>> {
  const args = ['--rules', RULES, '--virtual-clock', START];
  let product = await startProduct({ args });
  const { data } = product;
  const head = await changedRules(CHANGES);
  const progress = (): Promise<Progress> => product.get<Progress>('/api/rescore');
  try {
    const began = performance.now();
    let next = 0;
    const load = async (): Promise<void> => {
      while (next < LEADS) {
        const from = next;
        next += BATCH;
        const batch = Array.from({ length: Math.min(BATCH, LEADS - from) }, (_, n) => message(from + n));
        await accepted(product, batch);
      }
    };
    await Promise.all(Array.from({ length: 4 }, load));
    await product.idle();
    const loadedIn = (performance.now() - began) / 1_000;
    const quiet = liveEvents(product, 'quiet');
    await sleep(5_000);
    const waitsBefore = await quiet.stop();
    await product.idle();
    await product.stop();
    const before = await readStored(data);

    product = await startProduct({ args, data });
    const deploy = ['deploy', '--rules', head, '--mute', '--no-wait', '--url', product.url];
    await promisify(execFile)(process.execPath, [KINDLING, ...deploy]);
    const first = performance.now();
    const advanced = product.advance('4m').catch(() => {});
    while ((await progress()).looked === 0) await sleep(20);
    const busy = liveEvents(product, 'busy');
    while ((await progress()).looked < LEADS / 2) await sleep(50);
    const { looked } = await progress();
    await product.kill();
    const lived = (performance.now() - first) / 1_000;
    await advanced;
    const waitsMeanwhile = await busy.stop();

    product = await startProduct({ args, data });
    const second = performance.now();
    await product.advance('10m');
    const done = await progress();
    const took = lived + (performance.now() - second) / 1_000;
    if (done.state !== 'done') throw new Error(`the rescore is ${done.state}`);
    const mails = (await product.mail()).length;
    await product.stop();
    const found = await held(before, await readStored(data), head);
    return {
      leads: found.leads,
      'seconds to load them through HTTP': loadedIn,
      'leads looked at when it was killed': looked,
      'seconds of rescore, both lives': took,
      'leads/s': found.leads / took,
      'leads that are not what the rules make of their log (0)': found.wrong,
      'leads that changed': found.changed,
      'writes of a lead that changed (at most 1)': found.writes / found.changed,
      'writes of leads that did not change (0)': found.needless,
      'mails, handoffs and messages sent though muted (0)': mails + found.claims,
      'accept one event, nothing else happens: median ms': median(waitsBefore),
      'accept one event while leads are rescored: median ms': median(waitsMeanwhile),
      'accept one event while leads are rescored: p99 ms': percentile(waitsMeanwhile, 0.99),
    };
  } finally {
    await product.end();
    await rm(head, { recursive: true, force: true });
  }
}
