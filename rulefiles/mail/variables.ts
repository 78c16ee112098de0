import { LiquidError } from 'liquidjs';

import { type RuleIssue } from '../../core/issue.ts';
import type { JsonObject } from '../../core/json.ts';
import { openLiquid } from '../../core/mail/liquid.ts';
import { nearest } from '../../core/nearest.ts';
import { type Place } from '../source.ts';

/** Where a line and column of a template was written. */
export type PlaceOf = (line: number, column: number) => Place & { readonly file: string };

/** Templates are only read here; they are filled in where mail is sent. */
const liquid = openLiquid({ strictFilters: true });
/** Says of a variable that is not there where it stands; `if` and `default` may ask for it. */
const strict = openLiquid({
  ownPropertyOnly: true,
  strictFilters: true,
  strictVariables: true,
  lenientIf: true,
  renderLimit: 5_000,
  memoryLimit: 10_000_000,
});

/** What a template may name. */
export interface Vocabulary {
  /** The first part of a name. */
  readonly roots: readonly string[];
  /** Attributes by `lead` and `account`; other names are what `full` holds. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  /** An example in which everything is there; null where none is known. */
  readonly full: JsonObject | null;
  /** An example in which nothing is there that need not be. */
  readonly bare: JsonObject | null;
}

/** Names that do not exist, and Liquid that cannot be read. */
export function unknownNames(template: string, words: Vocabulary, place: PlaceOf): RuleIssue[] {
  try {
    const { globals } = liquid.analyzeSync(liquid.parse(template), { partials: false });
    const wrong = Object.values(globals).flatMap((uses) =>
      uses.flatMap(({ segments, location }) => {
        const problem = problemOf(segments, words);
        return problem === null ? [] : [{ ...place(location.row, location.col), ...problem }];
      }),
    );
    return wrong.length > 0 ? wrong : missingInside(template, words.full, place);
  } catch (error) {
    if (!LiquidError.is(error)) throw error;
    return [said(error, place)];
  }
}

/** A name that a lead without this attribute would leave a hole for; the first, or none. */
export function holes(template: string, { bare }: Vocabulary, place: PlaceOf): RuleIssue[] {
  return missingInside(template, bare, place).map(({ message, ...where }) => ({
    ...where,
    message: message.replace(
      /^undefined variable: (.*)$/,
      'not every lead has `$1`: write `{{ $1 | default: "…" }}`, or put it into `{% if $1 %}`',
    ),
  }));
}

type Problem = Pick<RuleIssue, 'message' | 'suggestion'>;

function problemOf(segments: readonly unknown[], { roots, attributes, full }: Vocabulary): Problem | null {
  const [root, ...path] = segments.map((segment) => (typeof segment === 'string' ? segment : null));
  if (root === null || root === undefined) return null;
  if (!roots.includes(root)) {
    const message = `unknown variable \`${root}\`; a mail knows ${roots.join(', ')}`;
    // Other systems know a first name without saying whose.
    if (attributes['lead']?.includes(root) === true) return { message, suggestion: `lead.${root}` };
    return withNearest(message, root, roots);
  }
  const [name] = path;
  if (name === undefined || name === null) return null;
  const known = Object.hasOwn(attributes, root) ? attributes[root] : undefined;
  if (known !== undefined)
    return known.includes(name)
      ? null
      : withNearest(
          `nothing in these rules knows \`${root}.${name}\`` +
            (root === 'lead' ? '; name it under `attributes` in settings.yaml if leads have it' : ''),
          name,
          known,
        );
  return full === null ? null : missingIn(full, [root, ...path]);
}

/** Follows a path as far as there are mappings. */
function missingIn(values: JsonObject, path: readonly (string | null)[]): Problem | null {
  let at: unknown = values;
  for (const [index, name] of path.entries()) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || name === null) return null;
    if (!Object.hasOwn(at, name))
      return withNearest(`there is no \`${path.slice(0, index + 1).join('.')}\``, name, Object.keys(at));
    at = (at as Record<string, unknown>)[name];
  }
  return null;
}

function withNearest(message: string, name: string, among: readonly string[]): Problem {
  const suggestion = nearest(name, among);
  return { message, ...(suggestion !== undefined && { suggestion }) };
}

/** What analysis does not see: names inside loops. Liquid stops at the first. */
function missingInside(template: string, values: JsonObject | null, place: PlaceOf): RuleIssue[] {
  if (values === null) return [];
  try {
    strict.parseAndRenderSync(template, { ...values, subject: 'subject', preheader: 'preheader' });
    return [];
  } catch (error) {
    if (!LiquidError.is(error)) throw error;
    return [said(error, place)];
  }
}

function said(error: LiquidError, place: PlaceOf): RuleIssue {
  const [line, column] = error.token.getPosition() as [number, number];
  const [first = ''] = error.message.split('\n', 1);
  return { ...place(line, column), ...inWords(first.replace(/, line:\d+, col:\d+$/, '')) };
}

/** What filters are called in other languages for templates. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  ...{ upper: 'upcase', uppercase: 'upcase', lower: 'downcase', lowercase: 'downcase' },
  ...{ title: 'capitalize', titlecase: 'capitalize', len: 'size', length: 'size' },
};

/** What Liquid says, in the words of somebody who writes mails. */
function inWords(message: string): Problem {
  const [, filter] = /^undefined filter: (.+)$/.exec(message) ?? [];
  if (filter !== undefined) {
    const message = `there is no filter \`${filter}\``;
    const called = ELSEWHERE[filter.toLowerCase()];
    return called === undefined
      ? withNearest(message, filter, Object.keys(liquid.filters))
      : { message, suggestion: called };
  }
  const [, tag] = /^tag "(.+)" not found$/.exec(message) ?? [];
  if (tag !== undefined) return withNearest(`there is no tag \`${tag}\``, tag, Object.keys(liquid.tags));
  const [, open, verb] = /^tag (\{%-?\s*(\w+).*) not closed$/.exec(message) ?? [];
  if (open !== undefined) return { message: `\`${open}\` is not closed; it needs \`{% end${verb} %}\`` };
  const [, output] = /^output "(\{\{.*)" not closed$/.exec(message) ?? [];
  if (output !== undefined) return { message: `\`${output}\` is not closed; it needs \`}}\`` };
  if (message.startsWith('expected "|" before filter'))
    return {
      message:
        'what stands between `{{` and `}}` cannot be read: close it by `}}`, and write `|` before a filter, such as `{{ lead.firstName | default: "there" }}`',
    };
  return { message };
}
