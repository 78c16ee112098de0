import { isHandedOff } from '../handoff/handoff.ts';
import { decideEntry, type JourneyEntry } from '../nurture/journey.ts';
import { isHeldOut } from '../nurture/share.ts';
import { handoffsOf, type Opened, qualifiedAt, statesAt } from './handoffs.ts';
import type { LeadState } from './history.ts';
import type { JourneyRules, NurtureRules } from './nurture.ts';
import type { Person } from './person.ts';
import { startsOf } from './starts.ts';
import { wayThrough } from './way.ts';

/** A lead's way into a journey, and what it got there; UTC milliseconds. */
export interface Entered {
  readonly journey: string;
  readonly at: number;
  readonly mails: readonly number[];
}

/** What rules would have done about a lead. */
export interface Past {
  readonly handoffs: readonly Opened[];
  /** Those who were held out began nothing. */
  readonly entered: readonly Entered[];
  readonly state: LeadState;
}

/**
 * Goes through what rules would have done about a lead until `until`.
 * @param calledAt when something else than the lead's own standing started a journey: its events, or its account
 */
export function pastOf(
  person: Person,
  calledAt: (journey: JourneyRules) => readonly number[],
  rules: NurtureRules,
  until: number,
): Past {
  const starts = rules.journeys.map((journey) => ({
    journey,
    at: startsOf(journey, person, calledAt(journey), rules.lowest, until),
  }));
  const qualified = qualifiedAt(person.crossings);
  const opened = handoffsOf(qualified, person.answers, rules);
  const first = through(person, starts, opened, rules, until);
  // What a journey hands over may end others. Once is enough: who is with sales is in no journey that could ask again.
  const handoffs =
    first.asked.length === 0 ? opened : handoffsOf([...qualified, ...first.asked], person.answers, rules);
  const { entered, newest } =
    handoffs === opened ? first : through(person, starts, handoffs, rules, until, first.asked);
  return {
    handoffs,
    entered,
    state: {
      entry: qualified.length,
      handoffs: statesAt(handoffs, until),
      journeys: newest,
    },
  };
}

interface Through {
  readonly entered: readonly Entered[];
  readonly newest: LeadState['journeys'];
  /** When journeys asked for a handoff. */
  readonly asked: readonly number[];
}

function through(
  person: Person,
  starts: readonly { readonly journey: JourneyRules; readonly at: readonly number[] }[],
  handoffs: readonly Opened[],
  rules: NurtureRules,
  until: number,
  askedBy: readonly number[] = [],
): Through {
  const entered: Entered[] = [];
  const asked: number[] = [];
  const newest: Record<string, LeadState['journeys'][string]> = {};
  // A journey that hands over goes that far, though sales has the lead from that instant on.
  const isTheirs = (at: number): boolean => !askedBy.includes(at) && isHandedOff(statesAt(handoffs, at));
  for (const { journey, at: instants } of starts) {
    const { name, againMs } = journey;
    const heldOut = isHeldOut(person.id, name, journey.journey.hold_out);
    let last: (JourneyEntry & { readonly ends: number }) | null = null;
    for (const [version, at] of instants.entries()) {
      const known: JourneyEntry | null = last && { ...last, running: last.ends > at };
      const change = { change: String(version), version, at };
      if (decideEntry(known, change, againMs) !== 'enter') continue;
      const way = heldOut ? null : wayThrough(person, journey, rules, at, isTheirs, until);
      last = { ...change, entry: '', ruleset: '', running: true, ends: way?.ends ?? at };
      if (!way) continue;
      entered.push({ journey: name, at, mails: way.mails });
      asked.push(...way.asked);
    }
    if (last !== null) {
      const { at, version, change, ends } = last;
      newest[name] = { at, version, change, running: ends > until };
    }
  }
  return { entered, newest, asked };
}
