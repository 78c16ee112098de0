import type { Json, JsonObject } from '../../../core/json.ts';

/** A matcher as it stands in YAML. */
export type PlainMatcher = string | number | boolean | readonly PlainMatcher[];

const DAY = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
const NUMBER = /^-?\d+(\.\d+)?$/;

const sameCase = (text: string): string => text.normalize('NFC').toLowerCase();

/** What a dotted name reaches: walks into objects, and into every member of a list. */
export function reach(value: Json | undefined, path: readonly string[]): Json[] {
  if (value === undefined) return [];
  const [first, ...rest] = path;
  if (first === undefined) return [value];
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((member) => reach(member, path));
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, first)) return [];
  return reach((value as JsonObject)[first], rest);
}

const flat = (value: Json): Json[] =>
  Array.isArray(value) ? (value as readonly Json[]).flatMap(flat) : [value];

const isMissing = (value: Json): boolean => value === null || value === '';

/** A moment as [first, last] millisecond: a bare date is its whole day. */
function moment(text: string): [number, number] | null {
  if (!DATE.test(text)) return null;
  const bare = text.length === 10;
  const zoned = bare || /(Z|[+-]\d{2}:?\d{2})$/.test(text);
  const at = Date.parse(bare ? `${text}T00:00:00Z` : zoned ? text : `${text}Z`);
  return Number.isNaN(at) ? null : [at, bare ? at + DAY - 1 : at];
}

const numberOf = (value: Json): number | null => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : null;
};

/** The value and the bound on one scale: both numbers, or both dates. */
function onScale(value: Json, bound: string): { at: number; low: number; high: number } | null {
  if (NUMBER.test(bound)) {
    const at = numberOf(value);
    return at === null ? null : { at, low: Number(bound), high: Number(bound) };
  }
  const day = moment(bound);
  const at = typeof value === 'string' ? moment(value) : null;
  return day && at ? { at: at[0], low: day[0], high: day[1] } : null;
}

const glob = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${sameCase(pattern)
      .split('*')
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
      .join('.*')}$`,
    's',
  ).test(sameCase(text));

function matchesOne(matcher: string | number | boolean, value: Json): boolean {
  if (typeof matcher === 'number') return numberOf(value) === matcher;
  if (typeof matcher === 'boolean')
    return typeof value === 'string' ? sameCase(value) === String(matcher) : value === matcher;
  const comparison = /^(>=|<=|>|<)\s*(.+)$/.exec(matcher);
  if (comparison) {
    const [, sign, bound] = comparison;
    const scale = onScale(value, (bound ?? '').trim());
    if (!scale) return false;
    if (sign === '>=') return scale.at >= scale.low;
    if (sign === '<=') return scale.at <= scale.high;
    return sign === '>' ? scale.at > scale.high : scale.at < scale.low;
  }
  const range = /^(.*?)\.\.(.*)$/.exec(matcher);
  const isBound = (text: string): boolean => text === '' || NUMBER.test(text) || moment(text) !== null;
  if (range && matcher !== '..' && isBound(range[1] ?? '') && isBound(range[2] ?? '')) {
    const from = range[1] ? onScale(value, range[1]) : undefined;
    const to = range[2] ? onScale(value, range[2]) : undefined;
    return from !== null && to !== null && (!from || from.at >= from.low) && (!to || to.at <= to.high);
  }
  const day = moment(matcher);
  if (day) {
    const at = typeof value === 'string' ? moment(value) : null;
    return at !== null && at[0] >= day[0] && at[0] <= day[1];
  }
  if (typeof value === 'string') return glob(matcher, value);
  return (typeof value === 'number' || typeof value === 'boolean') && glob(matcher, JSON.stringify(value));
}

/** Does the matcher hold for what a name reached? On several values: for any of them. */
export function matches(matcher: PlainMatcher, reached: readonly Json[]): boolean {
  if (Array.isArray(matcher))
    return (matcher as readonly PlainMatcher[]).some((each) => matches(each, reached));
  const values = reached.flatMap(flat).filter((value) => !isMissing(value));
  if (matcher === 'missing') return values.length === 0;
  if (matcher === 'exists') return values.length > 0;
  return values.some((value) => matchesOne(matcher as string | number | boolean, value));
}
