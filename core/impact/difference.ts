import { createHash } from 'node:crypto';
import { bandsOf } from '../engine/standing.ts';
import type { Json, JsonObject } from '../json.ts';
import { canonical, type Ruleset } from '../ruleset.ts';
import { fieldsOf } from './fields.ts';

/** What a change is a change of. */
export type Kind =
  | 'rule'
  | 'score'
  | 'total'
  | 'band'
  | 'grade'
  | 'group'
  | 'qualified'
  | 'accounts'
  | 'journey'
  | 'email'
  | 'handoff'
  | 'source'
  | 'settings';

/** One thing that rules say, and where. */
export interface Thing {
  readonly kind: Kind;
  readonly name: string;
  /** Of rules: the score that they feed. */
  readonly score?: string;
}

/** A field that says something else; null where it was or is left out. */
export interface FieldChange {
  readonly field: string;
  readonly from: Json;
  readonly to: Json;
}
export interface Changed extends Thing {
  readonly changes: readonly FieldChange[];
}

/** What differs between two rulesets in what they say, whatever order and spelling their files have. */
export interface Difference {
  readonly added: readonly Thing[];
  readonly changed: readonly Changed[];
  readonly removed: readonly Thing[];
}

interface Said extends Thing {
  /** By field; what is equal here is equal to people. */
  readonly fields: JsonObject;
}

const KINDS: readonly Kind[] = [
  'rule',
  'score',
  'total',
  'band',
  'grade',
  'group',
  'qualified',
  'accounts',
  'handoff',
  'journey',
  'email',
  'source',
  'settings',
];

/** Compares two rulesets thing by thing: by the names that people gave them, not by the lines of files. */
export function differenceOf(base: Ruleset, head: Ruleset): Difference {
  const [before, after] = [said(base), said(head)];
  const plain = ({ kind, name, score }: Said): Thing => ({
    kind,
    name,
    ...(score !== undefined && { score }),
  });
  const inOrder = <T extends Thing>(things: T[]): T[] =>
    things.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  const added = [...after].filter(([key]) => !before.has(key)).map(([, thing]) => thing);
  const removed = [...before].filter(([key]) => !after.has(key)).map(([, thing]) => thing);
  const renamed = renamedRules(removed, added);
  const isNew = (thing: Said): boolean => ![...renamed.values()].includes(thing);
  return {
    added: inOrder(added.filter(isNew).map(plain)),
    changed: inOrder([
      ...[...renamed].map(([was, thing]): Changed => ({
        ...plain(thing),
        changes: [{ field: 'name', from: was.name, to: thing.name }],
      })),
      ...[...after].flatMap(([key, thing]): Changed[] => {
        const was = before.get(key);
        const changes = was ? changesOf(was.fields, thing.fields) : [];
        return changes.length === 0 ? [] : [{ ...plain(thing), changes }];
      }),
    ]),
    removed: inOrder(removed.filter((thing) => !renamed.has(thing)).map(plain)),
  };
}

/** Rules that say what one that is gone said, word for word, and are called something else. */
function renamedRules(removed: readonly Said[], added: readonly Said[]): Map<Said, Said> {
  const left = added.filter(({ kind }) => kind === 'rule');
  const found = new Map<Said, Said>();
  for (const was of removed) {
    const at = left.findIndex(
      ({ kind, fields }) => kind === was.kind && changesOf(was.fields, fields).length === 0,
    );
    const [is] = at < 0 ? [] : left.splice(at, 1);
    if (is) found.set(was, is);
  }
  return found;
}

export const isEmpty = ({ added, changed, removed }: Difference): boolean =>
  added.length + changed.length + removed.length === 0;

function changesOf(before: JsonObject, after: JsonObject): FieldChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((field): FieldChange[] => {
    const [from, to] = [before[field] ?? null, after[field] ?? null];
    return canonical(from) === canonical(to) ? [] : [{ field, from, to }];
  });
}

/** Everything that a ruleset says, by what identifies it. */
function said(ruleset: Ruleset): Map<string, Said> {
  const { scores, bands, settings, accounts, journeys, emails, handoff, sources } = ruleset;
  const found = new Map<string, Said>();
  const say = (kind: Kind, name: string, fields: JsonObject, score?: string): void =>
    void found.set(`${kind} ${name}`, { kind, name, fields, ...(score !== undefined && { score }) });
  const json = (value: unknown): JsonObject => fieldsOf(value as Json);

  const about = new Map<string, JsonObject>();
  for (const { score, rules, groups, ...rest } of Object.values(scores)) {
    for (const [name, rule] of Object.entries(rules))
      // A rule has its own name over all scores, so that one that moved to another is the same rule.
      say('rule', name, { score, ...ruleFields(rule as unknown as JsonObject) }, score);
    const { score: _, ...fields } = { ...rest, score } as unknown as JsonObject;
    const grouped = Object.fromEntries(
      Object.entries(groups ?? {}).map(([name, limit]) => [`group ${name}`, limit as Json]),
    );
    about.set(score, { ...about.get(score), ...json(fields), ...grouped });
  }
  for (const [score, fields] of about) say('score', score, fields);

  if (bands.total) say('total', 'total', json(bands.total));
  for (const { name, enter, leave } of bandsOf(bands.bands))
    say('band', name, leave === enter ? { enter } : { enter, leave });
  if (bands.bands.of !== undefined) say('band', 'of', { of: bands.bands.of });
  for (const [name, from] of Object.entries(bands.grades ?? {})) say('grade', name, { from: from });
  const groups = Array.isArray(bands.groups) ? bands.groups : Object.entries(bands.groups ?? {});
  // Groups are tried in order: which comes first is a part of what they say.
  groups.forEach(([name, tests], n) => say('group', name, { ...(tests as JsonObject), place: n + 1 }));
  if (bands.qualified) say('qualified', 'qualified', bands.qualified as unknown as JsonObject);
  if (accounts) say('accounts', 'accounts', json(accounts.account));
  if (handoff) say('handoff', 'handoff', json(handoff));
  for (const [name, journey] of Object.entries(journeys)) {
    const { journey: _, ...fields } = journey as unknown as JsonObject;
    say('journey', name, fieldsOf(fields));
  }
  for (const [name, { subject, preheader, html, text }] of Object.entries(emails))
    say('email', name, {
      subject,
      ...(preheader !== undefined && { preheader }),
      wording: hashOf(text),
      layout: hashOf(html),
    });
  for (const [name, source] of Object.entries(sources ?? {})) say('source', name, json(source));
  if (Object.keys(settings).length > 0) say('settings', 'settings', json(settings));
  return found;
}

/** Numbers field by field; what is read as a whole (`when`, `points_by`) as a whole. */
const ruleFields = (rule: JsonObject): JsonObject => {
  const { fade, burst, ...rest } = rule;
  return {
    ...rest,
    ...(fade !== undefined && fieldsOf({ fade })),
    ...(burst !== undefined && fieldsOf({ burst })),
  };
};

/** Stands for a text that nobody wants to read in a plan. */
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);
