import { sixDecimals, wholePoints } from '../engine/rounding.ts';
import type { Accounts, Rollup } from '../schema/accounts.ts';
import { bandsOf, moved } from '../engine/standing.ts';

/** What one person of an account scores now; a keyed score as its highest key. */
export interface PersonScores {
  readonly scores: Readonly<Record<string, number>>;
  readonly total: number;
}

/** Where an account stands; numbers have 6 decimals. */
export interface AccountStanding {
  /** By the names of `rollup`. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Null where accounts have no bands. */
  readonly band: string | null;
  /** How many people have more than 0 of what the bands measure. */
  readonly people: number;
  readonly qualified: boolean;
}

/** The score that a roll-up adds up; `total` too. */
export const scoreOf = (rollup: Rollup): string =>
  'sum' in rollup ? rollup.sum : 'max' in rollup ? rollup.max : rollup.avg;

const pointsOf = ({ scores, total }: PersonScores, score: string): number =>
  Object.hasOwn(scores, score) ? (scores[score] ?? 0) : score === 'total' ? total : 0;

/** One number of an account from its people, unrounded; 0 without any.
 *  @example rolledUp({ sum: 'engagement', best: 2 }, people) // of the two who do most */
export function rolledUp(rollup: Rollup, people: readonly PersonScores[]): number {
  const score = scoreOf(rollup);
  // Sorted, so that the sum does not depend on the order of people.
  const points = people.map((person) => pointsOf(person, score)).sort((a, b) => b - a);
  const best = points.slice(0, rollup.best ?? points.length);
  if (best.length === 0) return 0;
  if ('max' in rollup) return best[0] ?? 0;
  const sum = best.reduce((total, one) => total + one, 0);
  return 'sum' in rollup ? sum : sum / best.length;
}

/**
 * Where an account stands with these people, coming from a band.
 * @param from the account's band at the last look, null for a new account, which starts in the lowest
 */
export function accountStanding(
  { account }: Accounts,
  people: readonly PersonScores[],
  from: string | null,
): AccountStanding {
  const numbers = Object.fromEntries(
    Object.entries(account.rollup).map(([name, rollup]) => [name, sixDecimals(rolledUp(rollup, people))]),
  );
  if (!account.bands) return { numbers, band: null, people: people.length, qualified: false };
  const bands = bandsOf(account.bands);
  const measured = account.bands.of ?? '';
  const before = Math.max(
    0,
    bands.findIndex(({ name }) => name === from),
  );
  const band = bands[moved(bands, before, wholePoints(numbers[measured] ?? 0))]?.name ?? '';
  const rollup = account.rollup[measured];
  const score = rollup ? scoreOf(rollup) : measured;
  const active = people.filter((person) => wholePoints(pointsOf(person, score)) > 0).length;
  const { qualified } = account;
  const isQualified =
    qualified !== undefined &&
    (qualified.band === undefined || [qualified.band].flat().includes(band)) &&
    active >= (qualified.people ?? 0);
  return { numbers, band, people: active, qualified: isQualified };
}
