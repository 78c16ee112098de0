import { conditionInWords } from '../../core/nurture/in-words.ts';
import { journeyGraph } from '../../core/nurture/graph.ts';
import type { JourneyEntry } from '../../core/nurture/journey.ts';
import { goalsOf } from '../../core/nurture/parts.ts';
import { effectOf, type JourneyEffect } from '../../core/report/effect.ts';
import { effectInWords } from '../../core/report/in-words.ts';
import type { Journey } from '../../core/schema/journey.ts';
import type { JourneyCounts, JourneyView } from '../../core/view/journey.ts';
import { takenPk } from '../aws/keys.ts';
import type { Table } from '../aws/table.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import { inParallel } from '../parallel.ts';
import type { Directory } from './ports.ts';

/** An entry as it is listed under its journey. */
export interface TakenEntry extends Pick<
  JourneyEntry,
  'at' | 'running' | 'heldOut' | 'qualifiedBefore' | 'ruleset'
> {
  readonly leadId: string;
  /** The step that was last come to. */
  readonly step?: string;
  readonly why?: string;
}

/** Who has taken journeys. */
export interface Taken {
  /** The newest entries of a journey, newest first. */
  newest(journey: string, limit: number): Promise<readonly TakenEntry[]>;
}

export interface JourneyPorts {
  readonly journeys: Pick<RulesetParts, 'live' | 'journeys'>;
  readonly taken: Taken;
  readonly directory: Pick<Directory, 'read'>;
}

/** Entries of a journey that are counted. */
const COUNTED = 2_000;

/** The journeys of the live rules, each drawn, with who is on the way and what came of it. */
export const listJourneys = async (ports: JourneyPorts): Promise<readonly JourneyView[]> => {
  const journeys = await ports.journeys.journeys(await ports.journeys.live());
  return inParallel(4, Object.values(journeys), (journey) => viewOf(ports, journey));
};

/** What journeys are good for that hold, or held, somebody out. */
export const journeyEffects = async (ports: JourneyPorts): Promise<readonly JourneyEffect[]> => {
  const journeys = await ports.journeys.journeys(await ports.journeys.live());
  const effects = await inParallel(4, Object.values(journeys), async (journey) =>
    effectIn(journey, await countsOf(ports, journey)),
  );
  return effects.filter((effect) => effect !== null);
};

/** Null where there is nobody to compare with. */
const effectIn = (
  { journey, hold_out: holdOut }: Journey,
  { effect }: JourneyCounts,
): JourneyEffect | null =>
  holdOut === undefined && effect.heldOut.leads === 0 ? null : effectOf(journey, effect);

const viewOf = async (ports: JourneyPorts, journey: Journey): Promise<JourneyView> => {
  const counts = await countsOf(ports, journey);
  const effect = effectIn(journey, counts);
  return {
    name: journey.journey,
    about: journey.about ?? null,
    retired: journey.retired === true,
    holdOut: journey.hold_out ?? null,
    goals: goalsOf(journey).map(conditionInWords),
    stops: (journey.stop ?? []).map(conditionInWords),
    graph: journeyGraph(journey),
    counts,
    effect: effect === null ? null : effectInWords(effect),
  };
};

const countsOf = async (ports: JourneyPorts, journey: Journey): Promise<JourneyCounts> => {
  const { taken, directory } = ports;
  const entries = await taken.newest(journey.journey, COUNTED + 1);
  const counted = entries.slice(0, COUNTED);
  const ended: Record<string, number> = {};
  for (const { running, heldOut, why } of counted)
    if (!running && heldOut !== true) ended[why ?? 'ended'] = (ended[why ?? 'ended'] ?? 0) + 1;
  const leads = new Map(
    (await directory.read([...new Set(counted.map(({ leadId }) => leadId))])).map((lead) => [lead.id, lead]),
  );
  const share = (heldOut: boolean): JourneyCounts['effect']['taken'] => {
    const of = counted.filter((entry) => (entry.heldOut === true) === heldOut);
    const qualified = of.filter(
      ({ leadId, qualifiedBefore = 0 }) => (leads.get(leadId)?.entry ?? 0) > qualifiedBefore,
    );
    return { leads: of.length, qualified: qualified.length };
  };
  return {
    since: counted.at(-1)?.at ?? null,
    more: entries.length > COUNTED,
    begun: counted.filter(({ heldOut }) => heldOut !== true).length,
    ...(await whereabouts(
      ports,
      journey,
      counted.filter(({ running, heldOut }) => running && heldOut !== true),
    )),
    ended,
    effect: { taken: share(false), heldOut: share(true) },
  };
};

/** Where those on the way are; a version is another one where its steps are. */
const whereabouts = async (
  { journeys }: JourneyPorts,
  { journey: name, steps }: Journey,
  running: readonly TakenEntry[],
): Promise<Pick<JourneyCounts, 'running' | 'at' | 'earlier'>> => {
  const live = JSON.stringify(steps);
  const same = new Map<string, boolean>();
  for (const { ruleset } of running)
    if (!same.has(ruleset))
      same.set(ruleset, JSON.stringify((await journeys.journeys(ruleset))[name]?.steps) === live);
  const at: Record<string, number> = {};
  let earlier = 0;
  for (const { ruleset, step = 'start' } of running)
    if (same.get(ruleset) === true) at[step] = (at[step] ?? 0) + 1;
    else earlier += 1;
  return { running: running.length, at, earlier };
};

export const tableTaken = (table: Table): Taken => ({
  newest: async (journey, limit) => {
    const found: TakenEntry[] = [];
    const pages = table.query({
      KeyConditionExpression: 'pk = :pk',
      values: { ':pk': takenPk(journey) },
      ScanIndexForward: false,
    });
    for await (const items of pages) {
      found.push(...(items as unknown as TakenEntry[]));
      if (found.length >= limit) break;
    }
    return found.slice(0, limit);
  },
});
