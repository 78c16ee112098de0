import { durationMs } from '../duration.ts';
import type { Crossing } from '../engine/replay.ts';
import type { AttributeView } from '../engine/match.ts';
import { bandsOf } from '../engine/standing.ts';
import type { Standing } from '../evaluation.ts';
import { refusesHandoff } from '../handoff/handoff.ts';
import { decideEntry, type JourneyEntry } from '../nurture/journey.ts';
import { longestWay, sendsMail } from '../nurture/parts.ts';
import { isHeldOut } from '../nurture/share.ts';
import { entersBy, entersByAccount, entersByStanding, segmentOf } from '../nurture/start.ts';
import type { Ruleset } from '../ruleset.ts';
import type { Journey } from '../schema/journey.ts';
import type { Answers } from './answers.ts';
import type { LeadState } from './history.ts';

/** Rules of nurture, with their durations read. */
export interface NurtureRules {
  /** Null: nobody is handed over. */
  readonly handoffAgainMs: number | null;
  /** The band in which every lead starts. */
  readonly lowest: string | undefined;
  readonly journeys: readonly {
    readonly name: string;
    readonly journey: Journey;
    readonly againMs: number | null;
    readonly lastsMs: number;
  }[];
}

export const nurtureRules = ({
  handoff,
  journeys,
  bands,
}: Pick<Ruleset, 'handoff' | 'journeys' | 'bands'>): NurtureRules => ({
  lowest: bandsOf(bands.bands)[0]?.name,
  handoffAgainMs: handoff ? (handoff.again_after === undefined ? 0 : durationMs(handoff.again_after)) : null,
  journeys: Object.entries(journeys)
    .filter(([, journey]) => journey.retired !== true)
    .map(([name, journey]) => ({
      name,
      journey,
      againMs: journey.again_after === undefined ? null : durationMs(journey.again_after),
      lastsMs: longestWay(journey.steps),
    })),
});

const STANDINGS = ['band', 'group', 'grade'] as const;

interface Handoff {
  readonly entry: number;
  readonly at: number;
  /** When sales ended it; Infinity: it is still theirs. */
  readonly until: number;
}

/** The handoffs that these crossings would have opened: none while one is open, nor too soon after the last. */
export function handoffsOf(crossings: readonly Crossing[], answers: Answers, rules: NurtureRules): Handoff[] {
  const { handoffAgainMs } = rules;
  const opened: Handoff[] = [];
  if (handoffAgainMs === null) return opened;
  let entry = 0;
  for (const { at, from, to } of crossings) {
    if (!to.qualified || from?.qualified === true) continue;
    entry += 1;
    if (refusesHandoff(entry, statesAt(opened, at), at, handoffAgainMs) !== null) continue;
    opened.push({ entry, at, until: firstAfter(at, answers.rejected, answers.won, answers.lost) });
  }
  return opened;
}

const statesAt = (handoffs: readonly Handoff[], at: number): LeadState['handoffs'] =>
  handoffs.map((one) => ({ entry: one.entry, at: one.at, state: one.until > at ? 'open' : 'closed' }));

const firstAfter = (at: number, ...lists: readonly (readonly number[])[]): number =>
  lists.flat().reduce((first, one) => (one > at && one < first ? one : first), Infinity);

/** A lead's way into a journey. */
interface Entered {
  readonly journey: string;
  readonly at: number;
}

/** The journeys that these crossings would have begun, and what is known of the newest of each at `now`. */
export function journeysOf(
  crossings: readonly Crossing[],
  answers: Answers,
  rules: NurtureRules,
  now: number,
): { readonly entered: readonly Entered[]; readonly newest: LeadState['journeys'] } {
  const entered: Entered[] = [];
  const newest: Record<string, LeadState['journeys'][string]> = {};
  for (const { name, journey, againMs, lastsMs } of rules.journeys) {
    let last: JourneyEntry | null = null;
    const running = (at: number): boolean => last !== null && at < last.at + lastsMs;
    crossings.forEach(({ at, from, to }, version) => {
      // Nobody to write to yet: the lead keeps its one time for when there is.
      if (at < answers.addressed && sendsMail(journey.steps)) return;
      if (
        !(from === null
          ? entersByStanding(journey, to, rules.lowest)
          : STANDINGS.some((what) => entersBy(what, journey, from[what], to)))
      )
        return;
      const change = { change: String(version), version, at };
      if (decideEntry(last && { ...last, running: running(at) }, change, againMs) !== 'enter') return;
      last = { ...change, entry: '', ruleset: '', running: true };
      entered.push({ journey: name, at });
    });
    const known = last as JourneyEntry | null;
    if (known)
      newest[name] = { at: known.at, version: known.version, change: known.change, running: running(now) };
  }
  return { entered, newest };
}

/** What the product has done about a lead by `now`, if it had been the base rules' doing all along. */
export function stateOf(
  crossings: readonly Crossing[],
  answers: Answers,
  rules: NurtureRules,
  now: number,
): LeadState {
  const handoffs = handoffsOf(crossings, answers, rules);
  return {
    entry: crossings.filter(({ from, to }) => to.qualified && from?.qualified !== true).length,
    handoffs: statesAt(handoffs, now),
    journeys: journeysOf(crossings, answers, rules, now).newest,
  };
}

/** Whether a lead that qualifies at `now` is handed over, given what was done about it before. */
export const isHandedOver = (
  { entry, handoffs }: Pick<LeadState, 'entry' | 'handoffs'>,
  { handoffAgainMs }: NurtureRules,
  now: number,
): boolean => handoffAgainMs !== null && refusesHandoff(entry + 1, handoffs, now, handoffAgainMs) === null;

/** A lead that may begin a journey at once. */
export interface Beginner {
  readonly id: string;
  /** Whether it can be written to. */
  readonly addressed: boolean;
  readonly state: LeadState;
  /** Its attributes; read only where a journey is for some leads. */
  readonly view: () => AttributeView;
}

type Rules = NurtureRules['journeys'][number];

/** Whether whoever a change would start a journey for begins it: what the product asks before it starts one. */
const begins = ({ name, journey, againMs }: Rules, lead: Beginner, now: number): boolean => {
  if (!lead.addressed && sendsMail(journey.steps)) return false;
  if (segmentOf(journey)?.(lead.view()) === false || isHeldOut(lead.id, name, journey.hold_out)) return false;
  const known = lead.state.journeys[name];
  const last: JourneyEntry | null = known ? { ...known, entry: '', ruleset: '' } : null;
  return decideEntry(last, { change: 'plan', version: Infinity, at: now }, againMs) === 'enter';
};

/** The journeys that a lead begins when its standing changes at `now`, given what was done about it before. */
export const journeysAtOnce = (
  from: Standing,
  to: Standing,
  lead: Beginner,
  { journeys }: NurtureRules,
  now: number,
): string[] =>
  journeys
    .filter(({ journey }) => STANDINGS.some((what) => entersBy(what, journey, from[what], to)))
    .filter((rules) => begins(rules, lead, now))
    .map(({ name }) => name);

/** What is told of an account when it changes: its band, or that it qualifies. */
interface AccountPlace {
  readonly band: string | null;
  readonly qualified: boolean;
}

/** The journeys that somebody of an account begins when the account changes at `now`. */
export const journeysOfAccount = (
  from: AccountPlace,
  to: AccountPlace,
  lead: Beginner,
  { journeys }: NurtureRules,
  now: number,
): string[] =>
  journeys
    .filter(
      ({ journey }) =>
        (from.band !== to.band && entersByAccount('account.band.changed', journey, from.band, to)) ||
        (!from.qualified && entersByAccount('account.qualified', journey, false, to)),
    )
    .filter((rules) => begins(rules, lead, now))
    .map(({ name }) => name);

export const startsOnAccounts = ({ journeys }: NurtureRules): boolean =>
  journeys.some(({ journey: { start } }) => 'account' in start);
