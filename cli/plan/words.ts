import { type Changed, type FieldChange, type Thing } from '../../core/impact/difference.ts';
import { type Impact, type TopLead } from '../../core/impact/report.ts';
import { briefly } from '../../core/impact/words.ts';
import { wholePoints } from '../../core/engine/rounding.ts';

/** What every format of a plan says in the same words. */

export const number = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 2 });

/** `+3`, `−2`, `` */
export const signed = (value: number): string =>
  value === 0 ? '' : value > 0 ? `+${number(value)}` : `−${number(-value)}`;

export const count = (value: number, one: string, many = `${one}s`): string =>
  `${number(value)} ${value === 1 ? one : many}`;

export const instant = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
export const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** A thing as people call it. @example thingName({ kind: 'rule', name: 'demo', score: 'intent' }) // 'rule demo of intent' */
export function thingName({ kind, name, score }: Thing): string {
  if (kind === 'rule') return score === undefined ? `rule ${name}` : `rule ${name} of ${score}`;
  return kind === name ? (WHOLE[kind] ?? kind) : `${kind} ${name}`;
}
const WHOLE: Readonly<Record<string, string>> = {
  handoff: 'handoff',
  settings: 'settings',
  accounts: 'accounts',
  total: 'total',
};

const REWORDED = new Set(['why', 'about', 'wording']);

/** `points 10 → 15`, `+ cap 30`, `why reworded` */
export function fieldText({ field, from, to }: FieldChange): string {
  if (REWORDED.has(field)) return `${field === 'wording' ? 'text' : field} reworded`;
  if (field === 'layout') return 'layout changed';
  if (from === null) return `${field}: ${briefly(to)} (new)`;
  if (to === null) return `${field}: ${briefly(from)} (gone)`;
  return `${field} ${briefly(from)} → ${briefly(to)}`;
}

/** Rewording says least, so it comes last. */
export const fieldTexts = ({ changes }: Changed): string[] =>
  changes.toSorted((a, b) => Number(REWORDED.has(a.field)) - Number(REWORDED.has(b.field))).map(fieldText);

export const points = (total: number): string => number(wholePoints(total));

/** `demo-booked, +15`, or what else moved the lead */
export const becauseOf = ({ rule, points: given, before, after }: TopLead): string => {
  if (rule !== null) return `${rule}, ${signed(wholePoints(given) || Math.round(given * 100) / 100)}`;
  return before.total === after.total ? 'a threshold' : 'a limit or a weight';
};

/** `hot`, `hot, qualified` */
export const placeOf = ({ band, qualified }: TopLead['before']): string =>
  qualified ? `${band}, qualified` : band;

/** A line of a table of measures. */
export interface Measure {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  /** Whether more, or less, is better; null where nothing changed. */
  readonly better: boolean | null;
}

const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
const fixed = (value: number): string => value.toFixed(2);
const days = (value: number): string => `${value.toFixed(1)} days`;

/** Precision, recall and the rest, old against new. */
export function measures(
  { before, after }: NonNullable<Impact['quality']>,
  bands: readonly string[],
): Measure[] {
  const line = (
    what: string,
    was: number | null,
    is: number | null,
    say: (value: number) => string,
    sign: 1 | -1 | 0 = 1,
  ): Measure[] => {
    if (was === null && is === null) return [];
    const text = (value: number | null): string => (value === null ? '–' : say(value));
    const moved =
      was === null || is === null || text(was) === text(is) || sign === 0 ? 0 : Math.sign(is - was) * sign;
    return [{ what, before: text(was), after: text(is), better: moved === 0 ? null : moved > 0 }];
  };
  return [
    ...line('precision of qualified', before.precision, after.precision, percent),
    ...line('recall of qualified', before.recall, after.recall, percent),
    ...bands
      .toReversed()
      .flatMap((band) =>
        line(
          `won of ${band}`,
          before.bands[band]?.share ?? null,
          after.bands[band]?.share ?? null,
          percent,
          0,
        ),
      ),
    ...line('AUC', before.auc, after.auc, fixed),
    ...line('lift at the top tenth', before.lift, after.lift, (lift) => `${fixed(lift)} ×`),
    ...line('median from qualified to won', before.medianLeadDays, after.medianLeadDays, days, 0),
  ];
}

/** Names of all bands before and after, lowest first, each once: a new one stands behind the one that it follows. */
export const bandNames = ({ before, after }: { before: object; after: object }): string[] => {
  const names = Object.keys(before);
  for (const [n, name] of Object.keys(after).entries())
    if (!names.includes(name)) names.splice(names.indexOf(Object.keys(after)[n - 1] ?? '') + 1, 0, name);
  return names;
};

/** How many come into a band and go out of it. */
export const traffic = (
  moves: Impact['bands']['moves'],
  band: string,
): { readonly enter: number; readonly leave: number } => ({
  enter: moves.reduce((sum, { to, count: leads }) => (to === band ? sum + leads : sum), 0),
  leave: moves.reduce((sum, { from, count: leads }) => (from === band ? sum + leads : sum), 0),
});

/** Of leads that qualify, those whom nobody is told of: sales has them, or had them lately. */
export function alreadyWithSales({ qualified, handoffs }: Impact): string {
  const { now, perWeekBefore, perWeekAfter } = handoffs;
  const rest = qualified.enter - now;
  if (rest <= 0 || now + perWeekBefore + perWeekAfter === 0) return '';
  return `; sales has ${rest === qualified.enter ? 'them' : `${number(rest)} of them`} already, or had lately`;
}

/** What a plan is of, beside the impact itself. */
export interface Heading {
  readonly base: { readonly label: string; readonly hash: string };
  readonly head: { readonly label: string; readonly hash: string };
  readonly history: string;
  readonly note: string | null;
  readonly showPii: boolean;
}
