import { durationMs } from '../core/duration.ts';
import { type Engine } from '../core/engine/compile.ts';
import { type LeadEvent } from '../core/event.ts';
import { refusesHandoff } from '../core/handoff/handoff.ts';
import { type History } from '../core/history.ts';
import { type JsonObject } from '../core/json.ts';
import { conditionHolds, type JourneyView } from '../core/nurture/condition.ts';
import { decideEntry, type JourneyEntry } from '../core/nurture/journey.ts';
import { HANDOFF_EMAIL } from '../core/nurture/mail-names.ts';
import { goalsOf } from '../core/nurture/parts.ts';
import { endOfWait, nextMoment } from '../core/nurture/wait.ts';
import { zoneOf } from '../core/nurture/zone.ts';
import { type Action, type Guide, walk } from '../core/nurture/walk.ts';
import { type Ruleset } from '../core/ruleset.ts';
import { type Journey } from '../core/schema/journey.ts';
import { startsOf, type Turn, turnsUntil } from './test-starts.ts';

/** What has become of a lead's nurture, each once. */
export interface Nurture {
  readonly journeys: readonly string[];
  /** Those that would have been sent, if mails took no time; `handoff` is the one to sales. */
  readonly mails: readonly string[];
}

export interface Surroundings {
  /** The logs of the other people of its account. */
  readonly colleagues?: readonly History[];
  /** The ways that it goes at a `split`; of those without one named here, the first. */
  readonly ways?: readonly string[];
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
/** What journeys do to a lead may start others, which do something to it in turn; so far it is followed. */
const ROUNDS = 6;

/** What journeys do to the lead itself. */
interface Done {
  /** `set` as the identify that comes in for it. */
  readonly sets: readonly LeadEvent[];
  /** When a journey hands it over. */
  readonly asked: readonly number[];
}

/** Walks a lead through its bands, and through the journeys that it starts, until `now`. Nobody is held out. */
export function nurtureUntil(
  engine: Engine,
  ruleset: Ruleset,
  history: History,
  now: number,
  surroundings: Surroundings = {},
): Nurture {
  let done: Done = { sets: [], asked: [] };
  for (let round = 1; ; round += 1) {
    const whole = { ...history, events: [...history.events, ...done.sets] };
    const found = once(engine, ruleset, whole, now, done.asked, surroundings);
    if (round === ROUNDS || JSON.stringify(found.done) === JSON.stringify(done)) return found.nurture;
    done = found.done;
  }
}

function once(
  engine: Engine,
  ruleset: Ruleset,
  history: History,
  now: number,
  asked: readonly number[],
  { colleagues = [], ways = [] }: Surroundings,
): { nurture: Nurture; done: Done } {
  const turns = turnsUntil(engine, history, now);
  const handoffs = ruleset.handoff ? handoffsOf(turns, asked, history, ruleset.handoff.again_after) : [];
  const noMailFrom = firstOf(history, ENDS_MAIL, -Infinity);
  const isTheirs = (at: number): boolean => handoffs.some((one) => one.at <= at && at < one.until);

  const journeys = new Set<string>();
  const actions: Action[] = [];
  for (const journey of Object.values(ruleset.journeys)) {
    if (journey.retired === true) continue;
    let last: JourneyEntry | null = null;
    let lastEnds = -Infinity;
    const starts = startsOf(journey, { engine, ruleset, history, colleagues, turns, now });
    starts.forEach((at, version) => {
      const known: JourneyEntry | null = last && { ...last, running: lastEnds > at };
      const again = journey.again_after === undefined ? null : durationMs(journey.again_after);
      const change = { change: String(version), version, at };
      if (decideEntry(known, change, again) !== 'enter') return;
      journeys.add(journey.journey);
      last = { ...change, entry: String(version), ruleset: '', running: true };
      const view = viewer(engine, history, at);
      const guide = guideOf(journey, view, ruleset, ways, (then) =>
        isTheirs(then) ? 'handed-off' : then >= noMailFrom ? 'unsubscribed' : null,
      );
      const way = walk(journey, at, { ...guide, noticed: noticedUntil(guide, view, now) }, now);
      actions.push(...way.actions.filter((action) => action.at <= now));
      lastEnds = way.ends > now ? Infinity : way.ends;
    });
  }
  const mails = actions.filter(({ kind }) => kind === 'send').map(({ what }) => what);
  return {
    nurture: {
      journeys: [...journeys].sort(),
      mails: [...new Set([...mails, ...(handoffs.length > 0 ? [HANDOFF_EMAIL] : [])])].sort(),
    },
    done: {
      sets: actions.filter(({ kind }) => kind === 'set').map(identifyOf),
      asked: actions.filter(({ kind }) => kind === 'handoff').map(({ at }) => at),
    },
  };
}

const identifyOf = ({ at, step, what }: Action): LeadEvent => ({
  id: `set ${step} at ${at}`,
  occurredAt: at,
  type: 'identify',
  name: '',
  properties: {},
  traits: Object.fromEntries(
    Object.entries(JSON.parse(what) as JsonObject).map(([key, value]) => [key.replace(/^lead\./, ''), value]),
  ),
});

const firstOf = ({ events }: History, names: readonly string[], after: number): number =>
  events
    .filter(({ name, occurredAt }) => names.includes(name) && occurredAt > after)
    .reduce((earliest, { occurredAt }) => Math.min(earliest, occurredAt), Infinity);

/** The handoffs that were opened: none while one is open, nor too soon after the last. */
function handoffsOf(
  turns: readonly Turn[],
  asked: readonly number[],
  history: History,
  againAfter: string | undefined,
): Handoff[] {
  const opened: Handoff[] = [];
  const againAfterMs = againAfter === undefined ? 0 : durationMs(againAfter);
  const due = [...turns.filter(({ turnsQualified }) => turnsQualified).map(({ at }) => at), ...asked];
  due
    .sort((a, b) => a - b)
    .forEach((at, entry) => {
      const others = opened.map((one) => ({
        ...one,
        state: one.until > at ? ('open' as const) : ('closed' as const),
      }));
      if (refusesHandoff(entry, others, at, againAfterMs) !== null) return;
      opened.push({ entry, at, until: firstOf(history, ENDS_HANDOFF, at) });
    });
  return opened;
}

/** What a condition sees at an instant, of a lead that entered at another. */
const viewer =
  (engine: Engine, history: History, entered: number) =>
  (at: number): JourneyView => ({
    standing: engine.evaluate(history, at),
    attributes: {
      lead: engine.attributes(history, at),
      account: engine.account(history, at)?.attributes ?? {},
    },
    events: history.events.filter(({ occurredAt }) => occurredAt > entered && occurredAt <= at),
    now: at,
  });

type View = (at: number) => JourneyView;

const guideOf = (
  journey: Journey,
  view: View,
  { settings }: Ruleset,
  ways: readonly string[],
  always: (at: number) => 'handed-off' | 'unsubscribed' | null,
): Omit<Guide, 'noticed'> => ({
  stops: (at) => {
    const goals = goalsOf(journey);
    if (goals.length + (journey.stop ?? []).length === 0) return always(at);
    const seen = view(at);
    if (goals.some((one) => conditionHolds(one, seen))) return 'goal';
    return always(at) ?? (journey.stop?.some((one) => conditionHolds(one, seen)) ? 'condition' : null);
  },
  holds: (condition, at) => conditionHolds(condition, view(at)),
  way: (split) => {
    const names = Object.keys(split);
    return ways.find((way) => names.includes(way)) ?? names[0] ?? '';
  },
  moment: (until, at) => nextMoment(until, at, zoneOf(view(at).attributes.lead, settings.time_zone)),
});

const noticedUntil =
  ({ stops }: Pick<Guide, 'stops'>, view: View, now: number): Guide['noticed'] =>
  (event, since, timeoutMs) =>
    endOfWait(since, timeoutMs, (at) => at > now || conditionHolds(event, view(at)) || stops(at) !== null);
