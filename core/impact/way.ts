import { conditionHolds } from '../nurture/condition.ts';
import { consentFor } from '../nurture/consent.ts';
import { goalsOf } from '../nurture/parts.ts';
import { wayOf } from '../nurture/share.ts';
import { endOfWait, nextMoment } from '../nurture/wait.ts';
import { type Guide, walk } from '../nurture/walk.ts';
import { zoneOf } from '../nurture/zone.ts';
import { isWithAccount, unmailableFrom } from './answers.ts';
import type { JourneyRules, NurtureRules } from './nurture.ts';
import type { Person } from './person.ts';

/** What one way through a journey comes to; UTC milliseconds. */
export interface Taken {
  /** When each of its mails went out. Quiet hours and the limit of mails to one lead may hold them up. */
  readonly mails: readonly number[];
  /** When it handed the lead over. */
  readonly asked: readonly number[];
  /** Infinity: after `until`. */
  readonly ends: number;
}

/**
 * Goes the way that a lead takes through a journey, as its state machine does.
 * @param isHandedOff whether sales has the lead at an instant
 * @param until nothing is done after this instant
 */
export function wayThrough(
  person: Person,
  { name, journey }: JourneyRules,
  rules: NurtureRules,
  enteredAt: number,
  isHandedOff: (at: number) => boolean,
  until: number,
): Taken {
  const { answers } = person;
  const goals = goalsOf(journey);
  const asks = goals.length + (journey.stop ?? []).length > 0;
  // The order in which the product asks.
  const stops: Guide['stops'] = (at) => {
    const view = asks ? person.view(enteredAt, at) : null;
    if (view && goals.some((one) => conditionHolds(one, view))) return 'goal';
    if (isHandedOff(at) || isWithAccount(answers, at)) return 'handed-off';
    if (unmailableFrom(answers, null) <= at) return 'unsubscribed';
    return view && journey.stop?.some((one) => conditionHolds(one, view)) ? 'condition' : null;
  };
  const guide: Guide = {
    stops,
    holds: (condition, at) => conditionHolds(condition, person.view(enteredAt, at)),
    way: (split, step) => wayOf(person.id, name, step, split),
    moment: (moment, at) => nextMoment(moment, at, zoneOf(person.attributes(at).lead, rules.timeZone)),
    noticed: (event, since, timeoutMs) =>
      endOfWait(
        since,
        timeoutMs,
        (at) => at > until || conditionHolds(event, person.view(enteredAt, at)) || stops(at) !== null,
      ),
  };
  const { actions, ends } = walk(journey, enteredAt, guide, until);
  const done = actions.filter(({ at }) => at <= until);
  const isLetOut = (email: string, at: number): boolean => {
    const topic = rules.topics[email] ?? journey.topic ?? null;
    if (unmailableFrom(answers, topic) <= at) return false;
    return !rules.needsConsent || consentFor(person.attributes(at).lead, topic) !== null;
  };
  return {
    mails: done.flatMap(({ kind, what, at }) => (kind === 'send' && isLetOut(what, at) ? [at] : [])),
    asked: done.flatMap(({ kind, at }) => (kind === 'handoff' ? [at] : [])),
    ends: ends > until ? Infinity : ends,
  };
}
