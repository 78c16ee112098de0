import { createHash } from 'node:crypto';

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
  | 'condition'
  | 'goal';

/** How an entry has ended: `completed` its last step, an `exit`, an error, its goal, or what stopped it. */
export type EntryEnd = StopReason | 'completed' | 'exit' | 'failed';

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
  /** It was drawn to get nothing, so that those who get something can be compared with it. */
  readonly heldOut?: boolean;
  /** How often the lead had qualified by then: whether it did so since tells what the journey is good for. */
  readonly qualifiedBefore?: number;
}

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
  if (last.change === change.change) return last.running || last.heldOut === true ? 'resume' : 'refuse';
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

/** Names an action of a journey for those who hear of it twice: the same step of the same entry, the same name. */
export const actionId = (leadId: string, entry: string, step: string, visit: number): string =>
  `journey#${shortHash(`${leadId}\n${entry}\n${step}\n${visit}`)}`;
