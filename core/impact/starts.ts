import type { Crossing } from '../engine/replay.ts';
import type { LeadEvent } from '../event.ts';
import { entersBy, entersByEvent, entersByStanding, FRESH } from '../nurture/start.ts';
import type { HistoryChunk, HistoryLead } from './history.ts';
import type { JourneyRules, NurtureRules } from './nurture.ts';
import type { Person } from './person.ts';

const STANDINGS = ['band', 'group', 'grade'] as const;

/** When events of a lead started a journey, UTC milliseconds, oldest first. */
export type EventStarts = (
  lead: Pick<HistoryLead, 'from' | 'to'>,
  journey: JourneyRules,
) => readonly number[];

/** Reads which events of a chunk start journeys; what each says is looked at once. */
export function eventStartsIn(chunk: HistoryChunk, { journeys }: NurtureRules): EventStarts {
  const starts = new Map(
    journeys
      .filter(({ startsOn }) => startsOn === 'event')
      .map(({ name, journey }) => [
        name,
        Uint8Array.from(chunk.contents, (content) =>
          Number(entersByEvent(journey, { ...content, id: '', occurredAt: 0 } satisfies LeadEvent)),
        ),
      ]),
  );
  return ({ from, to }, { name }) => {
    const start = starts.get(name);
    const found: number[] = [];
    if (start)
      for (let row = from; row < to; row += 1)
        if (start[chunk.content[row] ?? -1] === 1) found.push(chunk.at[row] ?? Infinity);
    return found;
  };
}

/**
 * The instants until `until` at which a lead would have begun the journey if it had never been in it, UTC milliseconds,
 * oldest first. @param calledAt of a journey that starts on events, or when an account turns: when
 */
export function startsOf(
  rules: JourneyRules,
  person: Person,
  calledAt: readonly number[],
  lowest: string | undefined,
  until: number,
): number[] {
  const { segment, startsOn } = rules;
  const { crossings, answers } = person;
  const first = crossings[0]?.at ?? Infinity;
  // Who cannot be written to yet keeps its one time for when it can; a colleague who is not here yet misses it.
  const from = rules.sendsMail ? answers.addressed : startsOn === 'account' ? first : -Infinity;
  const all =
    startsOn === 'standing' ? crossings.filter(enters(rules, lowest)).map(({ at }) => at) : calledAt;
  const late = from > first && startsOn !== 'account' ? addressedAt(rules, person, calledAt, lowest) : null;
  return [...all.filter((at) => at >= from), ...(late === null ? [] : [late])]
    .filter((at) => at <= until && (segment === null || segment(person.attributes(at))))
    .sort((a, b) => a - b);
}

const enters =
  ({ journey }: JourneyRules, lowest: string | undefined) =>
  ({ from, to }: Crossing): boolean =>
    from === null
      ? entersByStanding(journey, to, lowest)
      : STANDINGS.some((what) => entersBy(what, journey, from[what], to));

/** When a lead begins because it can be written to from now on; null: it does not. */
function addressedAt(
  { journey, startsOn }: JourneyRules,
  { crossings, answers: { addressed } }: Person,
  byEvents: readonly number[],
  lowest: string | undefined,
): number | null {
  if (addressed === Infinity) return null;
  if (startsOn === 'event') return byEvents.find((at) => at > addressed - FRESH && at < addressed) ?? null;
  const before = crossings.filter(({ at }) => at <= addressed);
  const now = before.at(-1);
  // It began by that very change.
  if (!now || now.at === addressed) return null;
  const hasMoved = before.some(({ from, to }) => from !== null && from.band !== to.band);
  return entersByStanding(journey, now.to, hasMoved ? undefined : lowest) ? addressed : null;
}
