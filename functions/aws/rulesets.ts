import { compile } from '../../core/engine/compile.ts';
import { startsOnEvents } from '../../core/nurture/start.ts';
import type { Scoring } from '../../core/ruleset.ts';
import type { Journey } from '../../core/schema/journey.ts';
import type { Clock, LiveRuleset, Rescore, Rulesets } from '../ports.ts';
import { LIVE_PK, liveKey, rescoreKey, rulesetKey } from './keys.ts';
import type { Item, Table } from './table.ts';

/** How long a ruleset that is no longer live may still be used, ms. */
export const CACHE_LIFE = 60_000;
/** Compiled rulesets that are kept; a rollback needs the one before. */
const KEPT = 3;

export interface Live {
  readonly hash: string;
  /** Only rises, on rollback too. */
  readonly epoch: number;
  /** UTC milliseconds. */
  readonly at: number;
}

const liveOf = (item: Item): Live => ({
  hash: String(item.hash),
  epoch: Number(item.epoch),
  at: Number(item.at),
});

/** Which ruleset is live; null before the first is published. */
export const readLive = async (table: Table): Promise<Live | null> => {
  const item = await table.get(liveKey);
  return item === null ? null : liveOf(item);
};

/** One part of a published ruleset (`scoring`, `journeys`, `handoff`, `email#<name>`); null if it has none such. */
export const readPart = async <Part>(table: Table, hash: string, part: string): Promise<Part | null> => {
  const item = await table.get(rulesetKey(hash, part));
  return item === null ? null : (JSON.parse(String(item.body)) as Part);
};

type Compiled = Pick<LiveRuleset, 'scoring' | 'engine' | 'readsAccounts' | 'startedByEvents'>;

/** The live ruleset, compiled, read at most once a minute by each instance. */
export const tableRulesets = (table: Table, clock: Clock): Rulesets => {
  const compiled = new Map<string, Compiled>();
  let cached: { live: LiveRuleset; rescore: Rescore | null; readAt: number } | null = null;

  const compiledOf = async (hash: string): Promise<Compiled> => {
    const known = compiled.get(hash);
    if (known !== undefined) return known;
    const [scoring, journeys] = await Promise.all([
      readPart<Scoring>(table, hash, 'scoring'),
      readPart<Readonly<Record<string, Journey>>>(table, hash, 'journeys'),
    ]);
    if (scoring === null) throw new Error(`ruleset ${hash} is live and has no scoring part`);
    const made = {
      scoring,
      engine: compile({ ...scoring, hash }),
      readsAccounts: JSON.stringify(scoring.scores).includes('"account.'),
      startedByEvents: Object.values(journeys ?? {}).filter(startsOnEvents),
    };
    compiled.set(hash, made);
    for (const old of [...compiled.keys()].slice(0, -KEPT)) compiled.delete(old);
    return made;
  };

  const read = async (): Promise<NonNullable<typeof cached>> => {
    const readAt = clock.now();
    let live: Live | null = null;
    let rescore: Rescore | null = null;
    const pages = table.query({
      KeyConditionExpression: 'pk = :pk',
      values: { ':pk': LIVE_PK },
      ConsistentRead: true,
    });
    for await (const items of pages)
      for (const item of items)
        if (item.sk === liveKey.sk) live = liveOf(item);
        else if (item.sk === rescoreKey.sk) rescore = rescoreOf(item);
    if (live === null) throw new Error('no ruleset has been published');
    cached = { live: { ...live, ...(await compiledOf(live.hash)) }, rescore, readAt };
    return cached;
  };

  const fresh = async (atLeast = 0): Promise<NonNullable<typeof cached>> => {
    // The clock may be set back (a virtual one is): then the cache is of no known age.
    const usable =
      cached !== null && cached.live.epoch >= atLeast && Math.abs(clock.now() - cached.readAt) < CACHE_LIFE;
    return usable && cached !== null ? cached : read();
  };

  return {
    live: async (atLeast) => (await fresh(atLeast)).live,
    rescore: async () => (await fresh()).rescore,
    keepRescore: async (rescore) => {
      await table.put({ ...rescoreKey, ...rescore });
      if (cached !== null) cached = { ...cached, rescore };
    },
  };
};

const rescoreOf = (item: Item): Rescore => ({
  epoch: Number(item.epoch),
  cursor: typeof item.cursor === 'string' ? item.cursor : null,
  done: item.done === true,
});
