import type { Origin, Publication } from '../../core/publish/origin.ts';
import type { Progress } from '../../core/publish/progress.ts';
import type { Shadow } from '../../core/publish/request.ts';
import { liveAt, tablePublished } from '../aws/published.ts';
import { compiledRulesets } from '../aws/rulesets.ts';
import type { Table } from '../aws/table.ts';
import { NotFound } from '../errors.ts';
import type { Clock, RulesetVersion } from '../ports.ts';
import { progressOf } from '../rescoring/progress.ts';

/** What was published, for the read side. */
export interface PublishedRulesets {
  /** What was live at an instant, null before the first. */
  at(instant: number): Promise<Publication | null>;
  version(hash: string): Promise<RulesetVersion>;
  origin(hash: string): Promise<Origin | null>;
  /** Every switch, newest first. */
  list(): Promise<readonly Publication[]>;
  /** The challenger; at most a minute old. */
  shadow(): Promise<Shadow | null>;
  /** Of the live one. */
  progress(): Promise<Progress>;
}

const CACHE_LIFE = 60_000;
/** Origins that an instance keeps; they never change but by publishing the same rules again. */
const KEPT = 10;

export const publishedRulesets = (table: Table, clock: Clock): PublishedRulesets => {
  const published = tablePublished(table);
  const compiled = compiledRulesets(table);
  const origins = new Map<string, Origin | null>();
  let shadow: { readonly is: Shadow | null; readonly readAt: number } | null = null;
  return {
    at: async (instant) => liveAt(await published.list(), instant),
    list: async () => (await published.list()).toReversed(),
    version: async (hash) => {
      const version = await compiled(hash);
      if (version === null) throw new NotFound(`ruleset ${hash} is not published`);
      return version;
    },
    origin: async (hash) => {
      const known = origins.get(hash);
      if (known !== undefined) return known;
      const origin = await published.origin(hash);
      if (origin !== null) origins.set(hash, origin);
      for (const old of [...origins.keys()].slice(0, -KEPT)) origins.delete(old);
      return origin;
    },
    shadow: async () => {
      if (shadow === null || Math.abs(clock.now() - shadow.readAt) >= CACHE_LIFE)
        shadow = { readAt: clock.now(), is: await published.shadow() };
      return shadow.is;
    },
    progress: async () => {
      const live = await published.live();
      if (live === null) throw new NotFound('nothing is published');
      return progressOf(table, live);
    },
  };
};
