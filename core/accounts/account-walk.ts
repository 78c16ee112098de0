import { accountStanding, type AccountStanding, type PersonScores } from './account.ts';
import type { Accounts } from '../schema/accounts.ts';

/** What the people of an account scored at an instant, UTC milliseconds. */
export interface AccountLook {
  readonly at: number;
  readonly people: readonly PersonScores[];
}

/** A change of an account's band, or of whether it is qualified. */
export interface AccountCrossing {
  readonly at: number;
  /** Null at the first look. */
  readonly from: Pick<AccountStanding, 'band' | 'qualified'> | null;
  readonly to: Pick<AccountStanding, 'band' | 'qualified'>;
}

/**
 * Where an account stands after looks at its people, and every change on the way. Account bands remember as lead bands
 * do, so that the looks decide, in the order of time; none between them changes anything that they do not see.
 *
 * The live roll-up looks within a minute of every change of a member, and once a day. Whoever walks the past looks at
 * every instant at which a member has an event, and at least once in 24 hours.
 * @param from the band before the first look; null for a new account, which starts in the lowest
 * @returns `standing` is null where there was no look
 */
export function accountWalk(
  rules: Accounts,
  looks: Iterable<AccountLook>,
  from: string | null = null,
): { readonly standing: AccountStanding | null; readonly crossings: readonly AccountCrossing[] } {
  let standing: AccountStanding | null = null;
  const crossings: AccountCrossing[] = [];
  for (const { at, people } of looks) {
    const next = accountStanding(rules, people, standing?.band ?? from);
    if (next.band !== standing?.band || next.qualified !== standing.qualified)
      crossings.push({ at, from: standing && placeOf(standing), to: placeOf(next) });
    standing = next;
  }
  return { standing, crossings };
}

const placeOf = ({ band, qualified }: AccountStanding): AccountCrossing['to'] => ({ band, qualified });
