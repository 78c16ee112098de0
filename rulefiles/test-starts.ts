import { accountLooks } from '../core/accounts/looks.ts';
import { type Engine } from '../core/engine/compile.ts';
import { type Standing } from '../core/evaluation.ts';
import { type History } from '../core/history.ts';
import {
  entersBy,
  entersByAccount,
  entersByEvent,
  entersByStanding,
  segmentOf,
} from '../core/nurture/start.ts';
import { type Ruleset } from '../core/ruleset.ts';
import { type Journey } from '../core/schema/journey.ts';

/** A lead's standing after an instant at which something happened or changed by itself. */
export interface Turn {
  /** UTC milliseconds. */
  readonly at: number;
  readonly standing: Standing;
  /** Of the turn before; null at the first. */
  readonly from: Standing | null;
  readonly turnsQualified: boolean;
}

/** Walks a lead through its standings until `now`. */
export function turnsUntil(engine: Engine, history: History, now: number): Turn[] {
  const instants = [...new Set(history.events.map(({ occurredAt }) => occurredAt))].sort((a, b) => a - b);
  const turns: Turn[] = [];
  let from: Standing | null = null;
  for (let at = instants[0]; at !== undefined && at <= now;) {
    const standing: ReturnType<Engine['evaluate']> = engine.evaluate(history, at);
    turns.push({ at, standing, from, turnsQualified: standing.qualified && from?.qualified !== true });
    from = standing;
    const since: number = at;
    const event = instants.find((instant) => instant > since);
    at = Math.min(event ?? Infinity, standing.nextChange?.at ?? Infinity);
  }
  return turns;
}

export interface StartsOf {
  readonly engine: Engine;
  readonly ruleset: Ruleset;
  readonly history: History;
  readonly colleagues: readonly History[];
  readonly turns: readonly Turn[];
  readonly now: number;
}

/** The instants at which a lead would enter the journey if it were in it never before, oldest first. */
export function startsOf(journey: Journey, { turns, ...given }: StartsOf): readonly number[] {
  const { engine, history, now } = given;
  const byStanding = turns
    .filter(({ standing, from }) =>
      from === null
        ? entersByStanding(journey, standing, engine.bands[0]?.name)
        : (['band', 'group', 'grade'] as const).some((what) => entersBy(what, journey, from[what], standing)),
    )
    .map(({ at }) => at);
  const byEvent = history.events
    .filter((event) => event.occurredAt <= now && entersByEvent(journey, event))
    .map(({ occurredAt }) => occurredAt);
  const segment = segmentOf(journey);
  return [...byStanding, ...byEvent, ...accountTurns(journey, given)]
    .sort((a, b) => a - b)
    .filter((at) =>
      segment === null
        ? true
        : segment({
            lead: engine.attributes(history, at),
            account: engine.account(history, at)?.attributes ?? {},
          }),
    );
}

function accountTurns(
  journey: Journey,
  { engine, ruleset, history, colleagues, now }: Omit<StartsOf, 'turns'>,
): number[] {
  if ('event' in journey.start || !('account' in journey.start) || !ruleset.accounts) return [];
  const looks = accountLooks(engine, ruleset.accounts, [history, ...colleagues], now);
  let from: { readonly band: string | null; readonly qualified: boolean } = { band: null, qualified: false };
  return looks.flatMap(({ at, standing }) => {
    const turned =
      (standing.band !== from.band &&
        entersByAccount('account.band.changed', journey, from.band, standing)) ||
      (standing.qualified &&
        !from.qualified &&
        entersByAccount('account.qualified', journey, false, standing));
    from = standing;
    return turned ? [at] : [];
  });
}
