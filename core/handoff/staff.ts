import type { Handoff, Owner, Person, Team } from '../schema/handoff.ts';
import { USUAL_HOURS, type Work } from './hours.ts';

/** Somebody whom `handoff.yaml` names. */
export interface Colleague extends Owner {
  readonly work: Work;
  /** The first team that they are a member of. */
  readonly team: string | null;
}

type Named = { readonly [K in keyof Person]?: Person[K] | undefined };

/** One spelling of an address, to know one person by. */
export const sameAs = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/**
 * Everybody whom `handoff.yaml` names, each once, in its order. Days off and hours that are said of somebody in one
 * place hold for their address everywhere; what nobody says of them is their team's, then what is usual.
 * @param timeZone of settings.yaml
 */
export const staffOf = (rules: Handoff, timeZone: string): readonly Colleague[] => {
  const teams = Object.entries(rules.teams ?? {});
  const places: {
    readonly person: Named;
    readonly team: Pick<Team, 'hours' | 'time_zone'> | null;
    readonly name: string | null;
  }[] = [
    ...teams.flatMap(([name, team]) => team.members.map((person) => ({ person, team, name }))),
    ...teams.flatMap(([, team]) => (team.manager ? [{ person: team.manager, team, name: null }] : [])),
    ...[...(rules.owners ?? []), rules.default].map((person) => ({ person, team: null, name: null })),
  ];
  const emails = new Map<string, string>();
  for (const { person } of places)
    if (person.email !== undefined) emails.set(person.email.toLowerCase(), person.email);
  return [...emails.values()].map((email) => {
    const own = places.filter(({ person }) => person.email !== undefined && sameAs(person.email, email));
    const said = <T>(read: (named: Named) => T | undefined): T | undefined =>
      own.map(({ person }) => read(person)).find((value) => value !== undefined) ??
      own.map(({ team }) => read(team ?? {})).find((value) => value !== undefined);
    return {
      name: own.map(({ person }) => person.name).find((name) => name !== undefined) ?? email,
      email,
      team: own.map(({ name }) => name).find((name) => name !== null) ?? null,
      work: {
        timeZone: said((named) => named.time_zone) ?? timeZone,
        hours: said((named) => named.hours) ?? USUAL_HOURS,
        off: own.flatMap(({ person }) => person.off ?? []),
      },
    };
  });
};

/** The members of a team, in its order. */
export const membersOf = (rules: Handoff, team: string, staff: readonly Colleague[]): readonly Colleague[] =>
  (rules.teams?.[team]?.members ?? []).flatMap(
    ({ email }) => staff.find((colleague) => sameAs(colleague.email, email)) ?? [],
  );

export const managerOf = (
  rules: Handoff,
  team: string | null,
  staff: readonly Colleague[],
): Colleague | null => {
  const manager = team === null ? undefined : rules.teams?.[team]?.manager;
  return manager === undefined
    ? null
    : (staff.find((colleague) => sameAs(colleague.email, manager.email)) ?? null);
};
