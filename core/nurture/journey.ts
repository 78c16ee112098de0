import { createHash } from 'node:crypto';
import type { LeadEvent } from '../event.ts';
import { eventMatches } from '../engine/match.ts';
import type { Journey, JourneyCondition } from '../schema/journey.ts';

/** Why a journey ends before its last step. */
export type StopReason =
  | 'merged'
  | 'erased'
  | 'left'
  | 'handed-off'
  | 'bounced'
  | 'complained'
  | 'unsubscribed'
  | 'no-address'
  | 'condition';

/** One lead's way through one journey; a lead has at most one running entry of each. */
export interface JourneyEntry {
  /** Names this way through: `journeyEntryId`. */
  readonly entry: string;
  /** The change that started it. */
  readonly change: string;
  /** The lead's version at that change: an older change that comes late starts nothing. */
  readonly version: number;
  /** When that change came about, UTC milliseconds. */
  readonly at: number;
  readonly ruleset: string;
  readonly running: boolean;
}

/** What a condition of a journey looks at. */
export interface JourneyView {
  /** The lead's band now. */
  readonly band: string;
  /** The lead's events since it entered, any order. */
  readonly events: readonly LeadEvent[];
}

const bandsOf = (band: unknown): readonly unknown[] => (Array.isArray(band) ? band : [band]);

/** Whether the condition holds; suspected events (bots, mail scanners) count for nothing. */
export const conditionHolds = (condition: JourneyCondition, view: JourneyView): boolean =>
  'event' in condition
    ? view.events.some((event) => event.suspected === undefined && eventMatches(condition, event))
    : bandsOf(condition.band).includes(view.band);

/** Whether any of these conditions reads events, so that they must be fetched. */
export const readsEvents = (conditions: readonly JourneyCondition[]): boolean =>
  conditions.some((condition) => 'event' in condition);

/**
 * Whether a lead whose band changed enters the journey: it stands in one of the journey's bands now, and came from
 * another band. The change says only where it came from; where it stands is read again.
 */
export const enters = (journey: Pick<Journey, 'start'>, from: unknown, bandNow: string): boolean =>
  bandsOf(journey.start.band).includes(bandNow) && from !== bandNow;

/** What becomes of a change that would start a journey for a lead that has been in it before, or has not. */
export type EntryDecision = 'enter' | 'resume' | 'refuse';

/**
 * `resume`: this very change holds the running entry, so its execution must exist: starting it again is harmless.
 * @param againAfterMs how long after the last entry a lead may enter again; null: never
 */
export const decideEntry = (
  last: JourneyEntry | null,
  change: Pick<JourneyEntry, 'change' | 'version' | 'at'>,
  againAfterMs: number | null,
): EntryDecision => {
  if (last === null) return 'enter';
  if (last.change === change.change) return last.running ? 'resume' : 'refuse';
  if (last.running || againAfterMs === null || change.version <= last.version) return 'refuse';
  return change.at - last.at >= againAfterMs ? 'enter' : 'refuse';
};

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 24);

/** Names a lead's way through a journey; the same change always names the same one. */
export const journeyEntryId = (journey: string, changeId: string): string =>
  `${journey}-${shortHash(`${journey}\n${changeId}`)}`;

/**
 * The name of the execution that carries an entry out, within Step Functions' 80 characters of `A-Za-z0-9_-`.
 * @example executionName('lead-1', 'warm-up-4f…') // 'lead-1-9a…'
 */
export const executionName = (leadId: string, entry: string): string =>
  `${leadId.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 48)}-${shortHash(`${leadId}\n${entry}`)}`;
