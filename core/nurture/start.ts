import { DAY } from '../duration.ts';
import { attributeTest, eventMatches } from '../engine/match.ts';
import type { AttributeView } from '../engine/match.ts';
import type { Standing } from '../evaluation.ts';
import type { LeadEvent } from '../event.ts';
import type { Journey, JourneyStart } from '../schema/journey.ts';

/** An event that is older when it is taken in starts nothing: what it called for has passed. ms */
export const FRESH = DAY;

const includes = (names: unknown, name: string | null): boolean =>
  name !== null && [names].flat().includes(name);

/** What of a standing journeys start on. */
type Turned = 'band' | 'group' | 'grade';

/**
 * Whether a lead whose standing changed enters the journey: it stands in one of the journey's bands (groups, grades)
 * now, and came from another one. The change says only where it came from; where it stands is read again.
 */
export const entersBy = (
  what: Turned,
  { start }: Pick<Journey, 'start'>,
  from: unknown,
  now: Pick<Standing, Turned>,
): boolean => {
  if ('event' in start || !(what in start)) return false;
  const wanted = (start as Readonly<Partial<Record<Turned, unknown>>>)[what];
  return includes(wanted, now[what]) && from !== now[what];
};

/**
 * Whether a lead that is new, or can be written to from now on, enters the journey of where it stands.
 * @param lowest the lowest band, where a lead has been in no other: it starts there, and has not entered it
 */
export const entersByStanding = (
  journey: Pick<Journey, 'start'>,
  now: Pick<Standing, Turned>,
  lowest?: string,
): boolean =>
  entersBy('band', journey, lowest, now) ||
  entersBy('group', journey, undefined, now) ||
  entersBy('grade', journey, undefined, now);

/** Whether the people of an account that changed enter the journey. @param from as the change says it */
export const entersByAccount = (
  kind: string,
  { start }: Pick<Journey, 'start'>,
  from: unknown,
  now: { readonly band: string | null; readonly qualified: boolean },
): boolean => {
  if ('event' in start || !('account' in start)) return false;
  const { band, qualified } = start.account as { band?: unknown; qualified?: unknown };
  if (kind === 'account.band.changed') return includes(band, now.band) && from !== now.band;
  return kind === 'account.qualified' && qualified === true && now.qualified;
};

/** The event that a start waits for, or null: `qualified: rejected` is what sales answers. */
const eventOf = (start: JourneyStart): Readonly<Record<string, unknown>> | null => {
  if ('event' in start) return start;
  if (!('qualified' in start)) return null;
  const { reason } = start;
  return { event: 'handoff.rejected', ...(reason === undefined ? {} : { reason }) };
};

/** Whether an event starts the journey, attributes left aside: those are tested with `fits`. */
export const entersByEvent = (
  { start, retired }: Pick<Journey, 'start' | 'retired'>,
  event: LeadEvent,
): boolean => {
  const wanted = retired === true ? null : eventOf(start);
  return wanted !== null && event.suspected === undefined && eventMatches(wanted, event);
};

/** Whether any event starts the journey. */
export const startsOnEvents = ({ start, retired }: Pick<Journey, 'start' | 'retired'>): boolean =>
  retired !== true && eventOf(start) !== null;

/** The attributes that a lead must have to enter, as one test; null where all leads may. */
export const segmentOf = ({
  start,
  for: segment,
}: Pick<Journey, 'start' | 'for'>): ((view: AttributeView) => boolean) | null => {
  const tests = [segment ?? {}, 'event' in start ? start : {}]
    .map((each) => attributeTest(each as Readonly<Record<string, unknown>>))
    .filter((test) => test !== null);
  return tests.length === 0 ? null : (view) => tests.every((test) => test(view));
};
