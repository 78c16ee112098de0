import { dateSpan, looksLikeDate, type DateSpan } from './dates.ts';
import { glob } from './glob.ts';

/** A matcher as rules write it. */
export type MatcherScalar = string | number | boolean;
export type MatcherInput = MatcherScalar | readonly MatcherScalar[];

/** What a matcher text means; ends are included unless `open`. */
export type Meaning =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'boolean'; readonly boolean: boolean }
  | { readonly kind: 'numbers'; readonly from: Bound | null; readonly to: Bound | null }
  | { readonly kind: 'dates'; readonly from: number | null; readonly before: number | null }
  | { readonly kind: 'exists' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'malformed'; readonly message: string };

export interface Bound {
  readonly at: number;
  readonly included: boolean;
}

const NUMBER = /^-?\d+(\.\d+)?$/;
const COMPARISON = /^(>=|<=|>|<)\s*(.*)$/s;

/** The number that a text counts as, or null. */
export const numberOf = (text: string): number | null => (NUMBER.test(text) ? Number(text) : null);

/** How texts are compared: NFC, then lower case of no locale; most are so already. */
export function folded(text: string): string {
  let plain = true;
  let lower = true;
  for (let n = 0; n < text.length; n += 1) {
    const unit = text.charCodeAt(n);
    if (unit > 127) plain = false;
    else if (unit >= 65 && unit <= 90) lower = false;
  }
  return plain ? (lower ? text : text.toLowerCase()) : text.normalize('NFC').toLowerCase();
}

/** What a single matcher means, or why it means nothing. */
export function meaning(input: MatcherScalar): Meaning {
  if (typeof input === 'number') return { kind: 'number', number: input };
  if (typeof input === 'boolean') return { kind: 'boolean', boolean: input };
  if (input === '') return { kind: 'malformed', message: 'an empty text matches nothing; write `missing`' };
  if (input === 'exists' || input === 'missing') return { kind: input };
  const comparison = COMPARISON.exec(input);
  if (comparison) return compared(input, comparison[1] ?? '', (comparison[2] ?? '').trim());
  if (isRange(input)) return range(input);
  const date = dateSpan(input);
  if (date) return { kind: 'dates', from: date.from, before: date.to };
  if (looksLikeDate(input))
    return { kind: 'malformed', message: `\`${input}\` is not a date of the calendar` };
  return { kind: 'text', text: input };
}

function compared(input: string, sign: string, operand: string): Meaning {
  const number = numberOf(operand);
  if (number !== null) {
    const bound = { at: number, included: sign.length === 2 };
    return sign.startsWith('>')
      ? { kind: 'numbers', from: bound, to: null }
      : { kind: 'numbers', from: null, to: bound };
  }
  const date = dateSpan(operand);
  if (!date)
    return {
      kind: 'malformed',
      message: `\`${input}\` compares with neither a number nor a date (2026-03-01)`,
    };
  switch (sign) {
    case '>=':
      return { kind: 'dates', from: date.from, before: null };
    case '>':
      return { kind: 'dates', from: date.to, before: null };
    case '<':
      return { kind: 'dates', from: null, before: date.from };
    default:
      return { kind: 'dates', from: null, before: date.to };
  }
}

/** A text with two dots is a range, unless it reads as prose or a path that happens to have them. */
function isRange(input: string): boolean {
  const dots = input.indexOf('..');
  if (dots < 0) return false;
  const sides = [input.slice(0, dots).trim(), input.slice(dots + 2).trim()];
  if (sides.some((side) => numberOf(side) !== null || dateSpan(side) !== null)) return true;
  return !/[\s/*]/.test(input);
}

function range(input: string): Meaning {
  const dots = input.indexOf('..');
  const [left, right] = [input.slice(0, dots).trim(), input.slice(dots + 2).trim()];
  const malformed = (why: string): Meaning => ({
    kind: 'malformed',
    message: `\`${input}\` is not a range: ${why}`,
  });
  if (left === '' && right === '') return malformed('it has no end; write `exists`');
  const side = (text: string): number | DateSpan | null | undefined =>
    text === '' ? undefined : (numberOf(text) ?? dateSpan(text));
  const [from, to] = [side(left), side(right)];
  if (from === null || to === null)
    return malformed(`\`${from === null ? left : right}\` is neither a number nor a date`);
  if (typeof from !== 'object' && typeof to !== 'object') {
    if (from !== undefined && to !== undefined && from > to) return malformed('it ends before it begins');
    const bound = (at: number | undefined): Bound | null =>
      at === undefined ? null : { at, included: true };
    return { kind: 'numbers', from: bound(from), to: bound(to) };
  }
  if (typeof from === 'number' || typeof to === 'number')
    return malformed('one end is a date, the other is not');
  if (from && to && from.from >= to.to) return malformed('it ends before it begins');
  return { kind: 'dates', from: from ? from.from : null, before: to ? to.to : null };
}

/** What is wrong with a matcher, or null. */
export function matcherProblem(input: MatcherScalar): string | null {
  const means = meaning(input);
  return means.kind === 'malformed' ? means.message : null;
}

/** Whether one plain value that is not missing satisfies. */
type Test = (value: unknown) => boolean;

function testOf(means: Meaning): Test {
  switch (means.kind) {
    case 'exists':
      return () => true;
    case 'missing':
      return () => false;
    case 'text': {
      const matches = glob(folded(means.text));
      return (value) =>
        typeof value === 'string'
          ? matches(folded(value))
          : (typeof value === 'number' || typeof value === 'boolean') &&
            matches(folded(JSON.stringify(value)));
    }
    case 'number':
      return (value) => asNumber(value) === means.number;
    case 'boolean':
      return (value) => asBoolean(value) === means.boolean;
    case 'numbers': {
      const { from, to } = means;
      return (value) => {
        const number = asNumber(value);
        if (number === null) return false;
        if (from !== null && (from.included ? number < from.at : number <= from.at)) return false;
        return to === null || (to.included ? number <= to.at : number < to.at);
      };
    }
    case 'dates': {
      const { from, before } = means;
      return (value) => {
        const date = typeof value === 'string' ? dateSpan(value) : null;
        return (
          date !== null && (from === null || date.from >= from) && (before === null || date.from < before)
        );
      };
    }
    case 'malformed':
      throw new RangeError(means.message);
    default:
      return means satisfies never;
  }
}

const asNumber = (value: unknown): number | null =>
  typeof value === 'number' ? value : typeof value === 'string' ? numberOf(value) : null;

function asBoolean(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' || value.length > 5) return null;
  const text = value.toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : null;
}

/** Absent, null, an empty text; lists are asked member by member. */
export const isMissing = (value: unknown): boolean => value === undefined || value === null || value === '';

/** Calls `visit` with every member of a value that is not missing, lists in lists too; true as soon as one call is. */
export function someMember(value: unknown, visit: Test): boolean {
  if (Array.isArray(value)) return value.some((member) => someMember(member, visit));
  return !isMissing(value) && visit(value);
}

const always: Test = () => true;

/**
 * A matcher as a function of a value; on a list it holds if it holds for any member that is not missing.
 * @example matcher('/pricing*')('/Pricing/eu') // true
 */
export function matcher(input: MatcherInput): Test {
  const meanings = (typeof input === 'object' ? input : [input]).map(meaning);
  const missing = meanings.some(({ kind }) => kind === 'missing');
  const tests = meanings.filter(({ kind }) => kind !== 'missing').map(testOf);
  const [only] = tests;
  const any: Test = tests.length === 1 && only ? only : (value) => tests.some((test) => test(value));
  return (value) => {
    if (typeof value === 'object' ? someMember(value, any) : !isMissing(value) && any(value)) return true;
    return missing && !someMember(value, always);
  };
}
