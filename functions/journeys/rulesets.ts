import { bandsOf } from '../../core/engine/standing.ts';
import type { Scoring } from '../../core/ruleset.ts';
import type { Email } from '../../core/schema/email.ts';
import type { Handoff } from '../../core/schema/handoff.ts';
import type { Journey } from '../../core/schema/journey.ts';
import type { Source } from '../../core/schema/source.ts';
import type { Settings } from '../../core/schema/settings.ts';
import { readLive, readPart } from '../aws/rulesets.ts';
import type { Table } from '../aws/table.ts';
import type { Clock } from '../ports.ts';

/** The parts of published rulesets that nurture and handoff read. */
export interface RulesetParts {
  /** The hash of the live one; at most a minute old. */
  live(): Promise<string>;
  settings(hash: string): Promise<Settings>;
  /** In which every lead starts. */
  lowestBand(hash: string): Promise<string>;
  /** By name. */
  journeys(hash: string): Promise<Readonly<Record<string, Journey>>>;
  handoff(hash: string): Promise<Handoff | null>;
  /** By name. */
  sources(hash: string): Promise<Readonly<Record<string, Source>>>;
  email(hash: string, name: string): Promise<Email | null>;
}

const CACHE_LIFE = 60_000;
/** Parts that an instance keeps: more than a ruleset has mails. */
const KEPT = 200;

/** A ruleset never changes, so that its parts are read once; only which one is live is asked again. */
export const tableRulesetParts = (table: Table, clock: Clock): RulesetParts => {
  const parts = new Map<string, unknown>();
  let cached: { hash: string; readAt: number } | null = null;

  const part = async <Part>(hash: string, name: string): Promise<Part | null> => {
    const key = `${hash}/${name}`;
    const known = parts.get(key);
    if (known !== undefined) return known as Part;
    const read = await readPart<Part>(table, hash, name);
    // What is missing may be published yet.
    if (read !== null) parts.set(key, read);
    for (const old of [...parts.keys()].slice(0, -KEPT)) parts.delete(old);
    return read;
  };

  return {
    live: async () => {
      if (cached !== null && Math.abs(clock.now() - cached.readAt) < CACHE_LIFE) return cached.hash;
      const readAt = clock.now();
      const live = await readLive(table);
      if (live === null) throw new Error('no ruleset has been published');
      cached = { hash: live.hash, readAt };
      return live.hash;
    },
    settings: async (hash) => (await part<Pick<Scoring, 'settings'>>(hash, 'scoring'))?.settings ?? {},
    lowestBand: async (hash) => {
      const { bands } = (await part<Pick<Scoring, 'bands'>>(hash, 'scoring')) ?? {};
      return bands === undefined ? '' : (bandsOf(bands.bands)[0]?.name ?? '');
    },
    journeys: async (hash) => (await part<Record<string, Journey>>(hash, 'journeys')) ?? {},
    handoff: (hash) => part<Handoff>(hash, 'handoff'),
    sources: async (hash) => (await part<Record<string, Source>>(hash, 'sources')) ?? {},
    email: (hash, name) => part<Email>(hash, `email#${name}`),
  };
};
