import { durationMs } from '../duration.ts';
import type { Activity } from './activity.ts';
import { attributeTest, type AttributeTest, type EventTest, eventTest } from './match.ts';
import type { Expiry } from './retention.ts';
import type { Clause, Rate } from '../schema/condition.ts';
import { Tail } from './tail.ts';

/** What conditions look at, for one lead. */
export interface Facts {
  /** Whether the attribute tests hold, by their number. */
  readonly flags: readonly boolean[];
  /** What the lead's events were, by the number of who listens. */
  readonly tails: readonly Tail[];
  readonly activity: Activity;
}

/** A condition that is true or false, compiled. */
export interface Truth {
  /** Whether it may turn by itself, or by an event. */
  readonly timed: boolean;
  /** Whether it asks when something was last done. */
  readonly asksActivity: boolean;
  /** Whether it asks what happened how often. */
  readonly asksTails: boolean;
  holds(facts: Facts, now: number): boolean;
  /** The next instant after `now` at which it may turn by itself; Infinity: never. */
  due(facts: Facts, now: number): number;
}

/** Where conditions leave word of what they need to be told. */
export interface Registry {
  readonly expiry: Expiry;
  /** The number of an attribute test. */
  flag(test: AttributeTest): number;
  /** The number of a tail that these events are told to. */
  tail(test: EventTest, create: () => Tail): number;
}

const never = (): number => Infinity;

/** A condition of a rule or inside `all`, `any`, `not`. */
export function truthOf(clause: Clause, registry: Registry): Truth {
  if ('all' in clause) return combined(clause.all as Clause[], registry, 'every');
  if ('any' in clause) return combined(clause.any as Clause[], registry, 'some');
  if ('not' in clause) {
    const inner = truthOf(clause.not as Clause, registry);
    return {
      ...inner,
      holds: (facts, now) => !inner.holds(facts, now),
    };
  }
  if ('inactive' in clause) return inactive(durationMs(clause.inactive as string));
  if ('active_within' in clause) return activeWithin(durationMs(clause.active_within as string));
  if ('rate' in clause) return rate(clause.rate as Rate, registry);
  if ('event' in clause) return happened(clause, registry);
  return attributes(clause, registry);
}

function combined(clauses: readonly Clause[], registry: Registry, how: 'every' | 'some'): Truth {
  const parts = clauses.map((clause) => truthOf(clause, registry));
  return {
    timed: parts.some(({ timed }) => timed),
    asksActivity: parts.some(({ asksActivity }) => asksActivity),
    asksTails: parts.some(({ asksTails }) => asksTails),
    holds: (facts, now) => parts[how]((part) => part.holds(facts, now)),
    due: (facts, now) => parts.reduce((due, part) => Math.min(due, part.due(facts, now)), Infinity),
  };
}

function attributes(clause: Readonly<Record<string, unknown>>, registry: Registry): Truth {
  const test = attributeTest(clause);
  const flag = test ? registry.flag(test) : -1;
  return {
    timed: false,
    asksActivity: false,
    asksTails: false,
    holds: ({ flags }) => flag < 0 || flags[flag] === true,
    due: never,
  };
}

/** `inactive: 14d`: from then on; a lead without any event is neither active nor inactive. */
function inactive(ms: number): Truth {
  return {
    timed: true,
    asksActivity: true,
    asksTails: false,
    holds: ({ activity }, now) => {
      const since = activity.since(now);
      return since !== null && now - since >= ms;
    },
    due: ({ activity }, now) => {
      const since = activity.since(now);
      return Math.min(activity.due(now), since !== null && since + ms > now ? since + ms : Infinity);
    },
  };
}

function activeWithin(ms: number): Truth {
  return {
    timed: true,
    asksActivity: true,
    asksTails: false,
    holds: ({ activity }, now) => {
      const newest = activity.newest(now);
      return newest !== null && now - newest < ms;
    },
    due: ({ activity }, now) => {
      const newest = activity.newest(now);
      return Math.min(activity.due(now), newest !== null && newest + ms > now ? newest + ms : Infinity);
    },
  };
}

/** When something that happened leaves a window or ceases to exist; null: never. */
function endWithin(within: string | undefined, expiry: Expiry): ((at: number) => number) | null {
  if (within === undefined) return expiry(0) === Infinity ? null : expiry;
  const ms = durationMs(within);
  return (at) => Math.min(at + ms, expiry(at));
}

/** A number of a tail, and whether the attributes beside its event hold. */
function listen(
  condition: Readonly<Record<string, unknown>> | Rate['of'],
  most: number,
  endOf: ((at: number) => number) | null,
  registry: Registry,
): (facts: Facts) => Tail | null {
  const test = typeof condition === 'object' && !Array.isArray(condition) ? attributeTest(condition) : null;
  const flag = test ? registry.flag(test) : -1;
  const tail = registry.tail(eventTest(condition), () => new Tail(most, endOf));
  return ({ flags, tails }) => (flag < 0 || flags[flag] === true ? (tails[tail] ?? null) : null);
}

/** Has happened that often, inside `within`. */
function happened(clause: Readonly<Record<string, unknown>>, registry: Registry): Truth {
  const times = (clause.at_least as number | undefined) ?? 1;
  const heard = listen(
    clause,
    times,
    endWithin(clause.within as string | undefined, registry.expiry),
    registry,
  );
  return {
    timed: true,
    asksActivity: false,
    asksTails: true,
    holds: (facts, now) => (heard(facts)?.count(now) ?? 0) >= times,
    due: (facts, now) => heard(facts)?.due(now) ?? Infinity,
  };
}

/** `count(of) / count(out_of)` inside `within`; false below `min`. */
function rate({ of, out_of, at_least, min = 1, within }: Rate, registry: Registry): Truth {
  const endOf = endWithin(within, registry.expiry);
  const [part, all] = [listen(of, Infinity, endOf, registry), listen(out_of, Infinity, endOf, registry)];
  const percent = Number(at_least.slice(0, -1));
  return {
    timed: true,
    asksActivity: false,
    asksTails: true,
    holds: (facts, now) => {
      const count = all(facts)?.count(now) ?? 0;
      return count > 0 && count >= min && (part(facts)?.count(now) ?? 0) * 100 >= percent * count;
    },
    due: (facts, now) => Math.min(part(facts)?.due(now) ?? Infinity, all(facts)?.due(now) ?? Infinity),
  };
}
