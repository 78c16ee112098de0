import type { Handoff } from '../schema/handoff.ts';

/** Where a team hears of what journeys have to tell it. */
export interface Hears {
  /** Names of channels, whose addresses are secrets. */
  readonly slack?: string;
  readonly teams?: string;
  /** An address. */
  readonly email?: string;
}

/** A team's own channels go before everybody's. @example hears(rules, 'nordic') // { slack: 'nordic' } */
export const hears = (rules: Pick<Handoff, 'teams' | 'notify'> | null, team: string): Hears => {
  const own = rules?.teams?.[team];
  const slack = own?.notify?.slack ?? rules?.notify?.slack;
  const teams = own?.notify?.teams ?? rules?.notify?.teams;
  return {
    ...(slack === undefined ? {} : { slack }),
    ...(teams === undefined ? {} : { teams }),
    ...(own?.email === undefined ? {} : { email: own.email }),
  };
};
