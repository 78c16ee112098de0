import { durationMs } from '../duration.ts';
import type { Journey } from '../schema/journey.ts';
import type { JourneyCondition, SinceCondition } from '../schema/journey-condition.ts';
import type { JourneyStep, Until, Wait } from '../schema/journey-step.ts';
import type { EntryEnd, StopReason } from './journey.ts';
import { branchPrefix, stepId } from './parts.ts';

/** What a journey does, besides waiting and choosing. */
export type ActionKind = 'send' | 'set' | 'notify' | 'webhook' | 'handoff';

export interface Action {
  /** UTC milliseconds. */
  readonly at: number;
  /** The step's place in the journey: `2`, `3.then.1`. */
  readonly step: string;
  readonly kind: ActionKind;
  /** The mail, the team, the webhook; the attributes as JSON; '' for a handoff. */
  readonly what: string;
}

/** Answers what a way through a journey depends on. All instants are UTC milliseconds. */
export interface Guide {
  /** Looked at before every action and choice: why the journey ends here, or null. */
  readonly stops: (at: number) => StopReason | null;
  readonly holds: (condition: JourneyCondition, at: number, step: string) => boolean;
  readonly way: (split: Readonly<Record<string, string>>, step: string) => string;
  /** The end of a wait for a time of the week. */
  readonly moment: (until: Until, at: number) => number;
  /** The end of a wait for an event: when it is noticed, or the timeout. */
  readonly noticed: (event: SinceCondition, since: number, timeoutMs: number, step: string) => number;
}

/** One way through a journey. */
export interface Way {
  readonly actions: readonly Action[];
  /** When it is over. */
  readonly ends: number;
  readonly why: EntryEnd;
}

/**
 * Goes one way through a journey in virtual time, as its state machine does: where a journey is interpreted and not
 * compiled, it is here.
 * @param enteredAt UTC milliseconds
 * @param until nothing is done after this instant
 */
export const walk = (journey: Journey, enteredAt: number, guide: Guide, until = Infinity): Way => {
  const actions: Action[] = [];
  let at = enteredAt;

  /** Why it ends inside these steps, or null where it goes on behind them. */
  const take = (steps: readonly JourneyStep[], prefix: string): EntryEnd | null => {
    for (const [index, step] of steps.entries()) {
      const ended = takeStep(step, stepId(prefix, index));
      if (ended !== null) return ended;
      if (at > until) return 'left';
    }
    return null;
  };

  const takeWait = (wait: Wait, id: string): EntryEnd | null => {
    if (typeof wait === 'string') {
      at += durationMs(wait);
      return null;
    }
    const stopped = guide.stops(at);
    if (stopped !== null) return stopped;
    if ('until' in wait) {
      at = guide.moment(wait.until, at);
      return null;
    }
    at = guide.noticed(wait.for, at, durationMs(wait.timeout), id);
    // It looks once more at its end, or where it noticed the event; later than `until` nobody asks.
    return at > until ? null : guide.stops(at);
  };

  const takeStep = (step: JourneyStep, id: string): EntryEnd | null => {
    if ('exit' in step) return 'exit';
    if ('wait' in step) return takeWait(step.wait, id);
    const stopped = guide.stops(at);
    if (stopped !== null) return stopped;
    if ('if' in step)
      return guide.holds(step.if, at, id)
        ? take(step.then, branchPrefix(id, ['then']))
        : take(step.else ?? [], branchPrefix(id, ['else']));
    if ('split' in step) {
      const way = guide.way(step.split, id);
      return take(step.then[way] ?? [], branchPrefix(id, ['then', way]));
    }
    const [kind, what] = actionOf(step);
    actions.push({ at, step: id, kind, what });
    return kind === 'handoff' ? 'handed-off' : null;
  };

  const ended = take(journey.steps, '') ?? (guide.stops(at) === 'goal' ? 'goal' : 'completed');
  return { actions, ends: at, why: ended };
};

/** What kind of action a step is, and of what. */
const actionOf = (
  step: Exclude<JourneyStep, { wait: unknown } | { if: unknown } | { split: unknown } | { exit: unknown }>,
): readonly [ActionKind, string] => {
  if ('send' in step) return ['send', step.send];
  if ('set' in step) return ['set', JSON.stringify(step.set)];
  if ('notify' in step) return ['notify', step.notify];
  if ('webhook' in step) return ['webhook', step.webhook];
  return ['handoff', ''];
};
