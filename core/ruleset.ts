import { createHash } from 'node:crypto';

import type { Accounts } from './schema/accounts.ts';
import type { Bands } from './schema/bands.ts';
import type { Email } from './schema/email.ts';
import type { Handoff } from './schema/handoff.ts';
import type { Journey } from './schema/journey.ts';
import type { ScoreFile } from './schema/score.ts';
import type { Source } from './schema/source.ts';
import type { Settings } from './schema/settings.ts';

/** What scoring needs of a ruleset. */
export interface Scoring {
  readonly settings: Settings;
  /** By file name without folder and ending; `points_by` as lists of lines, whatever order keys come back in. */
  readonly scores: Readonly<Record<string, ScoreFile>>;
  readonly bands: Bands;
  readonly accounts?: Accounts;
}

/** All of a rules folder as one JSON value. */
export interface Ruleset extends Scoring {
  readonly journeys: Readonly<Record<string, Journey>>;
  /** By file name without ending. */
  readonly emails: Readonly<Record<string, Email>>;
  readonly handoff?: Handoff;
  readonly sources?: Readonly<Record<string, Source>>;
}

/** JSON in which the order of keys says nothing. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}

/** The name of a ruleset: 16 hexadecimal digits of its content. */
export const rulesetHash = (ruleset: Ruleset): string =>
  createHash('sha256').update(canonical(ruleset)).digest('hex').slice(0, 16);
