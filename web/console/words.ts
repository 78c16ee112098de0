/** Numbers, instants and names as people read them. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Whole points, halves away from zero, as thresholds compare them. @example wholePoints(69.5) // 70 */
export const wholePoints = (points: number): number => Math.sign(points) * Math.round(Math.abs(points)) || 0;

/** @example signed(3.25) // '+3.3' */
export function signed(points: number): string {
  const rounded = Math.abs(points) < 10 ? Math.round(points * 10) / 10 : wholePoints(points);
  return `${rounded > 0 ? '+' : rounded < 0 ? '−' : ''}${Math.abs(rounded)}`;
}

/** @example signedWhole(-4.6) // '−5' */
export const signedWhole = (points: number): string => {
  const rounded = wholePoints(points);
  return `${rounded > 0 ? '+' : rounded < 0 ? '−' : '±'}${Math.abs(rounded)}`;
};

/** @example counted(1, 'person', 'people') // '1 person' */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

export const dateTime = (at: number): string =>
  new Date(at).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });

export const time = (at: number): string =>
  new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });

export const date = (at: number): string =>
  new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

export const shortDate = (at: number): string =>
  new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });

/** A day as one says it today. @example day(now - 86_400_000, now) // 'Yesterday' */
export function day(at: number, now: number): string {
  const midnight = (instant: number): number => new Date(instant).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(now) - midnight(at)) / DAY);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Date(at).toLocaleDateString('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  });
}

/** @example ago(Date.now() - 3 * 3_600_000, Date.now()) // '3 h ago' */
export function ago(at: number, now: number): string {
  const age = now - at;
  if (age < 60_000) return 'just now';
  if (age < HOUR) return `${Math.floor(age / 60_000)} min ago`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h ago`;
  const days = Math.floor(age / DAY);
  return days === 1 ? 'yesterday' : `${days} days ago`;
}

/** @example spoken('pricing-page') // 'Pricing page' */
export function spoken(name: string): string {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_.]+/g, ' ')
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What somebody is called: never nothing. */
export const called = (lead: { readonly name: string | null; readonly email: string | null }): string =>
  lead.name ?? lead.email ?? 'Anonymous visitor';

/** Any value of an attribute as text. @example plain({ purpose: 'nurture', source: 'form' }) // 'purpose: nurture, source: form' */
export function plain(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(plain).join('; ');
  if (typeof value !== 'object') return JSON.stringify(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name}: ${plain(inner)}`)
    .join(', ');
}
