import { createHash } from 'node:crypto';

import { type Ruleset, rulesetHash } from '../ruleset.ts';

/** What one part of a published ruleset may weigh, bytes of JSON: an item of the table holds 400 kB, names and all. */
export const MAX_PART = 350_000;

/** Part by its name (`scoring`, `journeys`, `handoff`, `sources`, `email#<name>`), as JSON text. */
export type Parts = Readonly<Record<string, string>>;

/** What is published under a ruleset's hash: which parts it has, and what each must be. */
export interface Manifest {
  /** SHA-256 of each part's text, hexadecimal, by the part's name. */
  readonly parts: Readonly<Record<string, string>>;
}

export const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A ruleset as the parts that are stored, an item each. */
export const partsOf = ({
  settings,
  scores,
  bands,
  accounts,
  journeys,
  emails,
  handoff,
  sources,
  ...rest
}: Ruleset): Parts => {
  const parts: Record<string, unknown> = {
    scoring: { settings, scores, bands, ...(accounts === undefined ? {} : { accounts }) },
    journeys,
    ...(handoff === undefined ? {} : { handoff }),
    ...(sources === undefined ? {} : { sources }),
    // A kind of file that is newer than this list.
    ...Object.fromEntries(
      Object.entries(rest).filter(([name, value]) => name !== 'hash' && value !== undefined),
    ),
  };
  for (const [name, email] of Object.entries(emails)) parts[`email#${name}`] = email;
  return Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, JSON.stringify(value)]));
};

/** The ruleset that these parts are. @throws where a part is no JSON */
export const rulesetOf = (parts: Parts): Ruleset => {
  const { scoring = '{}', ...others } = parts;
  const ruleset: Record<string, unknown> = { ...(JSON.parse(scoring) as object), journeys: {}, emails: {} };
  const emails: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(others))
    if (name.startsWith('email#')) emails[name.slice('email#'.length)] = JSON.parse(text);
    else ruleset[name] = JSON.parse(text);
  return { ...ruleset, emails } as unknown as Ruleset;
};

export const manifestOf = (parts: Parts): Manifest => ({
  parts: Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, sumOf(text)])),
});

/** What keeps parts from being published: each that is too large, and how to mend it. */
export const tooLarge = (parts: Parts): string[] =>
  Object.entries(parts).flatMap(([name, text]) => {
    const bytes = Buffer.byteLength(text);
    if (bytes <= MAX_PART) return [];
    const [kind, email] = name.split('#', 2);
    const what = kind === 'email' ? `emails/${email}.mjml` : `the part \`${name}\` of the rules`;
    const mend = kind === 'email' ? 'link to images in place of putting them into it' : 'make it shorter';
    return [`${what} is ${Math.ceil(bytes / 1000)} kB compiled; ${MAX_PART / 1000} kB is the most: ${mend}`];
  });

/** What is wrong with parts that are to be a ruleset of this name; nothing where they are. */
export const notThose = (parts: Parts, manifest: Manifest, hash: string): string | null => {
  for (const [name, sum] of Object.entries(manifest.parts)) {
    const text = parts[name];
    if (text === undefined) return `its part \`${name}\` is missing`;
    if (sumOf(text) !== sum) return `its part \`${name}\` is not what was announced`;
  }
  const is = rulesetHash(rulesetOf(parts));
  return is === hash ? null : `its parts are ruleset ${is}`;
};
