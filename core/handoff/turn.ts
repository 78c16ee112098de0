import { atWorkFrom } from './hours.ts';
import type { Colleague } from './staff.ts';
import { sameAs } from './staff.ts';

/** Whose turn it is in a team, as it is kept: when each was given one last, counted in handoffs. */
export interface Turns {
  /** How many have been given. */
  readonly count: number;
  /** By address: the number of the handoff that they were given last. */
  readonly last: Readonly<Record<string, number>>;
  /** The newest, so that a handoff that asks again gets the same answer; newest last. */
  readonly given: readonly { readonly handoff: string; readonly email: string }[];
}

export const NO_TURNS: Turns = { count: 0, last: {}, given: [] };

/** Handoffs that are remembered: far more than can be under way at once. */
const REMEMBERED = 50;
/** Who begins within this time of the first is as good as the first, ms: else an early riser got all of the night. */
const TOGETHER = 4 * 3_600_000;

/** Those of a team who can take a handoff soonest: who is at work, else who will be first. */
export const soonest = (members: readonly Colleague[], now: number): readonly Colleague[] => {
  const from = members.map((member) => atWorkFrom(member.work, now) ?? Infinity);
  const first = Math.min(...from);
  if (first === Infinity) return members;
  return members.filter((_, index) => (from[index] ?? Infinity) <= (first === now ? now : first + TOGETHER));
};

/**
 * Gives a handoff to the member who has waited longest among those who can take it soonest.
 * @param handoff names it: asking again for the same one changes nothing
 * @returns null where the team has no members
 */
export const takeTurn = (
  turns: Turns,
  handoff: string,
  members: readonly Colleague[],
  now: number,
): { readonly member: Colleague; readonly turns: Turns } | null => {
  const known = turns.given.find((given) => given.handoff === handoff);
  const before = known && members.find(({ email }) => sameAs(email, known.email));
  if (before) return { member: before, turns };
  const lastOf = ({ email }: Colleague): number => turns.last[email.toLowerCase()] ?? 0;
  const [member] = soonest(members, now).toSorted((a, b) => lastOf(a) - lastOf(b));
  if (member === undefined) return null;
  const count = turns.count + 1;
  return {
    member,
    turns: {
      count,
      last: { ...turns.last, [member.email.toLowerCase()]: count },
      given: [...turns.given, { handoff, email: member.email }].slice(-REMEMBERED),
    },
  };
};
