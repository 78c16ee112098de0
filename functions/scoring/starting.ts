import { compareIds } from '../../core/engine/order.ts';
import type { LeadEvent } from '../../core/event.ts';
import { entersByEvent, FRESH } from '../../core/nurture/start.ts';
import type { LiveRuleset, LogEntry } from '../ports.ts';

/** An event that journeys start on. */
export interface Starting {
  readonly event: LeadEvent;
  readonly journeys: readonly string[];
}

const before = (a: LeadEvent, b: LeadEvent): boolean =>
  a.occurredAt < b.occurredAt || (a.occurredAt === b.occurredAt && compareIds(a.id, b.id) < 0);

/**
 * What a sender's clock had dated ahead when it came in, and has come about since the lead was last looked at: it may
 * start journeys now as it would have then. What came late, or from another lead, says when it came, and is none of it.
 * @param asOf when the lead was last looked at, UTC milliseconds
 */
export const cameAbout = (entries: readonly LogEntry[], asOf: number, now: number): readonly LogEntry[] =>
  entries.filter(
    ({ event: { occurredAt }, receivedAt }) =>
      receivedAt === undefined && occurredAt > asOf && occurredAt <= now,
  );

/**
 * The events of a batch that start journeys, of several for one journey the first. Only what was brought is looked at,
 * whether it is new or not, and what came about since: a second copy is the same change, and what a rebuild reads again
 * starts nothing.
 * @param now UTC milliseconds; what is older than a day, or lies ahead, starts nothing
 */
export const startingEvents = (
  brought: readonly LeadEvent[],
  { startedByEvents }: Pick<LiveRuleset, 'startedByEvents'>,
  now: number,
): readonly Starting[] => {
  const found = new Map<string, { event: LeadEvent; journeys: string[] }>();
  const fresh = brought.filter(({ occurredAt }) => occurredAt <= now && occurredAt > now - FRESH);
  for (const journey of startedByEvents) {
    let first: LeadEvent | undefined;
    for (const event of fresh)
      if (entersByEvent(journey, event) && (first === undefined || before(event, first))) first = event;
    if (first === undefined) continue;
    const known = found.get(first.id);
    if (known === undefined) found.set(first.id, { event: first, journeys: [journey.journey] });
    else known.journeys.push(journey.journey);
  }
  return [...found.values()];
};
