import { durationMs } from '../duration.ts';
import type { Handoff } from '../schema/handoff.ts';
import { askedOf, type Asked, type HandoffRecord } from './handoff.ts';
import { afterWork, USUAL_HOURS } from './hours.ts';
import { type Colleague, managerOf, membersOf, sameAs } from './staff.ts';
import { soonest } from './turn.ts';

/** What is to be done about a handoff that somebody was asked to answer. */
export type Step =
  | { readonly do: 'nothing' }
  /** Nothing until then, UTC milliseconds. */
  | { readonly do: 'wait'; readonly until: number }
  | { readonly do: 'ask'; readonly asked: Asked }
  /** Everybody was asked. */
  | { readonly do: 'give-up' };

/**
 * Who is asked next about an open handoff, and when: its owner is reminded, then the next of the team is asked, then
 * the manager, each when the one before has not answered within `answer_within` of their own working hours.
 * @param timeZone of settings.yaml; @param now UTC milliseconds
 */
export const nextStep = (
  record: Pick<HandoffRecord, 'state' | 'asked' | 'owner' | 'at' | 'team' | 'unansweredAt'>,
  rules: Handoff,
  staff: readonly Colleague[],
  timeZone: string,
  now: number,
): Step => {
  const { answer_within: within } = rules;
  if (record.state !== 'open' || within === undefined || record.unansweredAt !== undefined)
    return { do: 'nothing' };
  const asked = askedOf(record);
  const last = asked.at(-1);
  if (last === undefined) return { do: 'nothing' };
  const { work } = staff.find(({ email }) => sameAs(email, last.owner.email)) ?? {
    // Somebody whom newer rules name no more.
    work: { timeZone, hours: USUAL_HOURS, off: [] },
  };
  // Who is away for longer than anybody waits is passed over now.
  const until = afterWork(work, last.at, durationMs(within)) ?? now;
  if (now < until) return { do: 'wait', until };
  const ask = (why: Asked['why'], { name, email }: Pick<Colleague, 'name' | 'email'>): Step => ({
    do: 'ask',
    asked: { owner: { name, email }, at: now, why },
  });
  if (last.why === 'first') return ask('reminder', last.owner);
  const isNew = ({ email }: Colleague): boolean => !asked.some(({ owner }) => sameAs(owner.email, email));
  const team = record.team ?? null;
  if (last.why === 'reminder') {
    const [next] = soonest((team === null ? [] : membersOf(rules, team, staff)).filter(isNew), now);
    if (next !== undefined) return ask('next', next);
  }
  const manager = last.why === 'manager' ? null : managerOf(rules, team, staff);
  return manager !== null && isNew(manager) ? ask('manager', manager) : { do: 'give-up' };
};
