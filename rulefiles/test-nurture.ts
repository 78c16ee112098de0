import { type Engine } from '../core/engine/compile.ts';
import { durationMs } from '../core/duration.ts';
import { type LeadEvent } from '../core/event.ts';
import { type History } from '../core/history.ts';
import { conditionHolds, decideEntry, enters, type JourneyEntry } from '../core/nurture/journey.ts';
import { HANDOFF_EMAIL } from '../core/nurture/mail-names.ts';
import { type Ruleset } from '../core/ruleset.ts';
import { type Journey, type JourneyStep } from '../core/schema/journey.ts';
import { refusesHandoff } from '../core/handoff/handoff.ts';

/** What has become of a lead's nurture, each once. */
export interface Nurture {
  readonly journeys: readonly string[];
  /** Those that would have been sent, if mails took no time; `handoff` is the one to sales. */
  readonly mails: readonly string[];
}

/** When the lead's band or `qualified` changed, and from what. */
interface Turn {
  readonly at: number;
  readonly from: string | undefined;
  readonly band: string;
  readonly turnsQualified: boolean;
}
interface Handoff {
  readonly entry: number;
  readonly at: number;
  readonly until: number;
}

/** Takes every lead for one who has an address; who unsubscribes, bounces or complains gets no more mail. */
const ENDS_MAIL = ['email.unsubscribed', 'email.bounced', 'email.complained'];
/** What sales says when the lead is theirs no longer. */
const ENDS_HANDOFF = ['handoff.rejected', 'deal.won', 'deal.lost'];

/** Walks a lead through its bands, and through the journeys that they start, until `now`. */
export function nurtureUntil(engine: Engine, ruleset: Ruleset, history: History, now: number): Nurture {
  const turns = turnsUntil(engine, history, now);
  const handoffs = ruleset.handoff ? handoffsOf(turns, history, ruleset.handoff.again_after) : [];
  const first = (names: readonly string[], after = -Infinity): number =>
    history.events
      .filter(({ name, occurredAt }) => names.includes(name) && occurredAt > after)
      .reduce((earliest, { occurredAt }) => Math.min(earliest, occurredAt), Infinity);
  const noMailFrom = first(ENDS_MAIL);
  const mayGoOn = (at: number): boolean =>
    at < noMailFrom && !handoffs.some((handoff) => handoff.at <= at && at < handoff.until);

  const journeys = new Set<string>();
  const mails = new Set<string>(handoffs.length > 0 ? [HANDOFF_EMAIL] : []);
  for (const journey of Object.values(ruleset.journeys)) {
    let last: JourneyEntry | null = null;
    let lastEnds = -Infinity;
    turns.forEach(({ at, from, band }, version) => {
      if (band === from || !enters(journey, from, band)) return;
      const known: JourneyEntry | null = last && { ...last, running: lastEnds > at };
      const again = journey.again_after === undefined ? null : durationMs(journey.again_after);
      const change = { change: String(version), version, at };
      if (decideEntry(known, change, again) !== 'enter') return;
      journeys.add(journey.journey);
      last = { ...change, entry: String(version), ruleset: '', running: true };
      const way = walk(journey, at, now, engine, history, mayGoOn);
      for (const mail of way.mails) mails.add(mail);
      lastEnds = way.ends;
    });
  }
  return { journeys: [...journeys].sort(), mails: [...mails].sort() };
}

function turnsUntil(engine: Engine, history: History, now: number): Turn[] {
  const instants = [...new Set(history.events.map(({ occurredAt }) => occurredAt))].sort((a, b) => a - b);
  const turns: Turn[] = [];
  // a new lead starts in the lowest band, so that the first message too may take it into another
  let from = engine.bands[0]?.name;
  let wasQualified = false;
  for (let at = instants[0]; at !== undefined && at <= now;) {
    const { band, qualified, nextChange }: ReturnType<Engine['evaluate']> = engine.evaluate(history, at);
    turns.push({ at, from, band, turnsQualified: qualified && !wasQualified });
    from = band;
    wasQualified = qualified;
    const since: number = at;
    const event = instants.find((instant) => instant > since);
    at = Math.min(event ?? Infinity, nextChange?.at ?? Infinity);
  }
  return turns;
}

/** The handoffs that were opened: none while one is open, nor too soon after the last. */
function handoffsOf(turns: readonly Turn[], { events }: History, againAfter: string | undefined): Handoff[] {
  const opened: Handoff[] = [];
  const againAfterMs = againAfter === undefined ? 0 : durationMs(againAfter);
  turns.forEach(({ at, turnsQualified }, entry) => {
    const others = opened.map((one) => ({
      ...one,
      state: one.until > at ? ('open' as const) : ('closed' as const),
    }));
    if (!turnsQualified || refusesHandoff(entry, others, at, againAfterMs) !== null) return;
    const until = events
      .filter(({ name, occurredAt }) => ENDS_HANDOFF.includes(name) && occurredAt > at)
      .reduce((earliest, { occurredAt }) => Math.min(earliest, occurredAt), Infinity);
    opened.push({ entry, at, until });
  });
  return opened;
}

/** One way through a journey: the mails until `now`, and when it ends, Infinity where it has not. */
function walk(
  journey: Journey,
  entered: number,
  now: number,
  engine: Engine,
  history: History,
  mayGoOn: (at: number) => boolean,
): { mails: readonly string[]; ends: number } {
  const mails: string[] = [];
  let at = entered;
  const view = (): { band: string; events: readonly LeadEvent[] } => ({
    band: engine.evaluate(history, at).band,
    events: history.events.filter(({ occurredAt }) => occurredAt > entered && occurredAt <= at),
  });
  /** Answers whether the journey goes on after these steps. */
  const take = (steps: readonly JourneyStep[]): boolean =>
    steps.every((step) => {
      if ('wait' in step) {
        at += durationMs(step.wait);
        return at <= now;
      }
      const seen = view();
      if (!mayGoOn(at) || journey.stop?.some((condition) => conditionHolds(condition, seen))) return false;
      if ('send' in step) mails.push(step.send);
      else return take(conditionHolds(step.if, seen) ? step.then : (step.else ?? []));
      return true;
    });
  take(journey.steps);
  return { mails, ends: at > now ? Infinity : at };
}
