import type { Scoring } from '../ruleset.ts';

/** What a ruleset can look at, by the first part of its name; more than it does look at, never less. */
export interface Reads {
  readonly properties: ReadonlySet<string>;
  /** Of leads. */
  readonly traits: ReadonlySet<string>;
  /** Whether it looks at accounts at all. */
  readonly accounts: boolean;
}

/** @example readsOf(scoring).properties.has('path') // where a rule says `path: /pricing*` */
export function readsOf({ scores, settings }: Scoring): Reads {
  const properties = new Set<string>();
  const traits = new Set(['email']);
  let accounts = false;
  const take = (key: string): void => {
    const [first = '', second] = key.split('.');
    if (first === 'account' && second !== undefined) accounts = true;
    // A property may be called `lead`, too.
    if (first === 'lead' && second !== undefined) traits.add(second);
    properties.add(first);
  };
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) {
        take(key);
        if ((key === 'distinct' || key === 'by') && typeof inner === 'string') take(inner);
        walk(inner);
      }
  };
  walk(scores);
  walk(settings.activity);
  return { properties, traits, accounts };
}
