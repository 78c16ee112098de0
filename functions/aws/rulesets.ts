import { compile } from '../../core/engine/compile.ts';
import { readsAccount } from '../../core/engine/reads-account.ts';
import { startsOnEvents } from '../../core/nurture/start.ts';
import type { Scoring } from '../../core/ruleset.ts';
import type { Journey } from '../../core/schema/journey.ts';
import type { Publication } from '../../core/publish/origin.ts';
import type { Clock, LiveRuleset, Rulesets, RulesetVersion } from '../ports.ts';
import { rulesetKey } from './keys.ts';
import { tablePublished } from './published.ts';
import type { Table } from './table.ts';

/** How long a ruleset that is no longer live may still be used, ms. */
export const CACHE_LIFE = 60_000;
/** Compiled rulesets that are kept; a rollback needs the one before. */
const KEPT = 3;

/** Which ruleset is live; null before the first is published. */
export const readLive = (table: Table): Promise<Publication | null> => tablePublished(table).live();

/** One part of a published ruleset (`scoring`, `journeys`, `handoff`, `email#<name>`); null if it has none such. */
export const readPart = async <Part>(table: Table, hash: string, part: string): Promise<Part | null> => {
  const item = await table.get(rulesetKey(hash, part));
  return item === null ? null : (JSON.parse(String(item.body)) as Part);
};

/** Compiles published rulesets, and keeps the last few. */
export const compiledRulesets = (table: Table): ((hash: string) => Promise<RulesetVersion | null>) => {
  const compiled = new Map<string, RulesetVersion>();
  return async (hash) => {
    const known = compiled.get(hash);
    if (known !== undefined) return known;
    const [scoring, journeys] = await Promise.all([
      readPart<Scoring>(table, hash, 'scoring'),
      readPart<Readonly<Record<string, Journey>>>(table, hash, 'journeys'),
    ]);
    if (scoring === null) return null;
    const made = {
      hash,
      scoring,
      engine: compile({ ...scoring, hash }),
      readsAccounts: readsAccount(scoring),
      startedByEvents: Object.values(journeys ?? {}).filter(startsOnEvents),
    };
    compiled.set(hash, made);
    for (const old of [...compiled.keys()].slice(0, -KEPT)) compiled.delete(old);
    return made;
  };
};

/** The live ruleset, compiled, read at most once a minute by each instance. */
export const tableRulesets = (table: Table, clock: Clock): Rulesets => {
  const compiledOf = compiledRulesets(table);
  let cached: { live: LiveRuleset; readAt: number } | null = null;

  const read = async (): Promise<NonNullable<typeof cached>> => {
    const readAt = clock.now();
    const live = await readLive(table);
    if (live === null) throw new Error('no ruleset has been published');
    const version = await compiledOf(live.hash);
    if (version === null) throw new Error(`ruleset ${live.hash} is live and has no scoring part`);
    cached = { live: { ...version, epoch: live.epoch, at: live.at }, readAt };
    return cached;
  };

  return {
    live: async (atLeast = 0) => {
      // The clock may be set back (a virtual one is): then the cache is of no known age.
      const usable =
        cached !== null && cached.live.epoch >= atLeast && Math.abs(clock.now() - cached.readAt) < CACHE_LIFE;
      return (usable && cached !== null ? cached : await read()).live;
    },
  };
};
