import { type AttributeTest, chooseOwner } from '../../core/handoff/owner.ts';
import { membersOf, staffOf } from '../../core/handoff/staff.ts';
import type { Json } from '../../core/json.ts';
import type { Handoff, Owner } from '../../core/schema/handoff.ts';
import type { AccountOwners } from './account-owners.ts';
import type { TeamTurns } from './turns.ts';

export interface AssignPorts {
  readonly turns: TeamTurns;
  readonly accountOwners: AccountOwners;
}

/** A handoff that needs somebody. */
export interface Assignment {
  readonly rules: Handoff;
  /** Of settings.yaml. */
  readonly timeZone: string;
  /** Names it, so that a second try gives it to the same person. */
  readonly handoff: string;
  readonly test: AttributeTest;
  /** The lead's account, and its attribute `owner`. */
  readonly account: { readonly id: string; readonly owner: Json | undefined } | null;
  /** UTC milliseconds. */
  readonly now: number;
}

/** Finds who gets it; in a team, whose turn it is. */
export const assign = async (
  { turns, accountOwners }: AssignPorts,
  { rules, timeZone, handoff, test, account, now }: Assignment,
): Promise<{ readonly owner: Owner; readonly team?: string }> => {
  const staff = staffOf(rules, timeZone);
  const asksAccount = rules.owners?.some(({ by }) => by === 'account') ?? false;
  const earlier = asksAccount && account !== null ? await accountOwners.find(account.id) : null;
  const choice = chooseOwner(rules, staff, test, { said: account?.owner, earlier }, now);
  if ('team' in choice) {
    const { name, email } = await turns.take(choice.team, handoff, membersOf(rules, choice.team, staff), now);
    return { owner: { name, email }, team: choice.team };
  }
  const { name, email, team } = choice.person;
  return { owner: { name, email }, ...(team === null ? {} : { team }) };
};
