import type { AttributeCondition } from '../schema/condition.ts';
import type { Handoff } from '../schema/handoff.ts';
import { isOff } from './hours.ts';
import { type Colleague, sameAs } from './staff.ts';

/** Whether an attribute test of `handoff.yaml` holds; the rules' own matchers. */
export type AttributeTest = (when: AttributeCondition) => boolean;

/** Who gets it: a person, or whoever's turn it is in a team. */
export type Choice = { readonly person: Colleague } | { readonly team: string };

/** What is known of who has the account. */
export interface AccountOwner {
  /** The account's attribute `owner`: a name or an address. */
  readonly said: unknown;
  /** The address of whoever had its last handoff. */
  readonly earlier: string | null;
}

/**
 * Who gets the lead: the first in the order of `handoff.yaml` whose tests hold and who is not on a day off, else the
 * default. Only people whom `handoff.yaml` names get anything, whatever an attribute says.
 * @param now UTC milliseconds
 */
export const chooseOwner = (
  rules: Handoff,
  staff: readonly Colleague[],
  test: AttributeTest,
  account: AccountOwner,
  now: number,
): Choice => {
  const choices = [
    ...(rules.owners ?? []).filter(({ when }) => when === undefined || test(when)),
    rules.default,
  ].flatMap((entry): Choice[] => {
    if (entry.team !== undefined) return [{ team: entry.team }];
    const person =
      'by' in entry && entry.by === 'account' ? ofAccount(staff, account) : named(staff, entry.email ?? '');
    return person === null ? [] : [{ person }];
  });
  const there = choices.find((choice) => 'team' in choice || !isOff(choice.person.work, now));
  const found = there ?? choices[0];
  if (found === undefined) throw new Error('handoff.yaml names nobody');
  return found;
};

const ofAccount = (staff: readonly Colleague[], { said, earlier }: AccountOwner): Colleague | null => {
  const owner = typeof said === 'string' ? said.trim() : '';
  return (
    named(staff, owner) ??
    (owner === '' ? undefined : staff.find(({ name }) => sameAs(name, owner))) ??
    (earlier === null ? null : named(staff, earlier))
  );
};

const named = (staff: readonly Colleague[], email: string): Colleague | null =>
  staff.find((colleague) => sameAs(colleague.email, email)) ?? null;
