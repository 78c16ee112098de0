import type { Blueprint, Listener } from './blueprint.ts';
import type { LeadEvent } from '../event.ts';
import type { Json } from '../json.ts';
import { folded } from './matcher.ts';
import { reach } from './reach.ts';

/** What one rule hears in what an event says. */
export interface Award {
  readonly score: number;
  readonly rule: number;
  /** The instants at which the rule listens: from the first until before the second. */
  readonly from: number;
  readonly until: number;
  /** The keys of a keyed score, each once; null for a score without keys. */
  readonly keys: readonly string[] | null;
  readonly units: number;
  /** The value of `distinct`, '' where the rule has none or the event no plain one. */
  readonly value: string;
}

/** What a ruleset hears in an event, whenever it happens: matching is done here, and nowhere else. */
export interface Hearing {
  readonly active: boolean;
  readonly awards: readonly Award[];
  /** Numbers of tails. */
  readonly tails: readonly number[];
}

/** Nothing but what rules hear in most events: no tail listens. */
const NONE: readonly number[] = [];

/** A hearing while those who listen are found. */
class Heard implements Hearing {
  readonly active: boolean;
  readonly awards: Award[] = [];
  tails: readonly number[] = NONE;
  readonly #blueprint: Blueprint;
  readonly #event: LeadEvent;

  constructor(blueprint: Blueprint, event: LeadEvent) {
    this.#blueprint = blueprint;
    this.#event = event;
    const { lookup, active } = blueprint.audience(event.name);
    this.active = active && (blueprint.narrowed === null || blueprint.narrowed(event));
    lookup.visit(event, this);
  }

  tell(listener: Listener): void {
    if (listener.tail >= 0) this.tails = [...this.tails, listener.tail];
    else this.awards.push(listener.award ?? awardOf(this.#blueprint, listener, this.#event));
  }
}

/** @param event one that rules may match: a track, page or screen with a name */
export const hearingOf = (blueprint: Blueprint, event: LeadEvent): Hearing => new Heard(blueprint, event);

function awardOf({ scores }: Blueprint, listener: Listener, event: LeadEvent): Award {
  const { score, rule, from, until } = listener;
  const plan = scores[score];
  const { worth, distinct } = plan?.rules[rule] ?? { worth: null, distinct: null };
  const award = {
    score,
    rule,
    from,
    until,
    keys: plan?.by ? keysOf(event, plan.by) : null,
    units: worth?.kind === 'property' ? worth.units(event) : 1,
    value: distinct ? distinctValue(event, distinct) : '',
  };
  // Where nothing of it depends on what the event says it is the same for all events.
  if (!plan?.by && !distinct && worth?.kind !== 'property') listener.award = award;
  return award;
}

/** The texts that name keys of a keyed score, each once. */
function keysOf(event: LeadEvent, by: readonly string[]): readonly string[] {
  const keys = new Set<string>();
  const add = (value: Json | undefined): void => {
    if (Array.isArray(value)) (value as readonly Json[]).forEach(add);
    else if (typeof value === 'string' && value !== '') keys.add(value);
    else if (typeof value === 'number' || typeof value === 'boolean') keys.add(JSON.stringify(value));
  };
  add(reach(event.properties, by));
  return [...keys];
}

/** The value of `distinct` of an event, '' where it has no plain one; texts ignoring case, 5 and "5" are one. */
function distinctValue(event: LeadEvent, path: readonly string[]): string {
  const value = reach(event.properties, path);
  if (typeof value === 'string') return folded(value);
  return typeof value === 'number' || typeof value === 'boolean' ? JSON.stringify(value) : '';
}
