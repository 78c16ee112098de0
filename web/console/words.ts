/** Numbers, instants and names as people read them. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Whole points, halves away from zero, as thresholds compare them. @example wholePoints(69.5) // 70 */
export const wholePoints = (points: number): number => Math.sign(points) * Math.round(Math.abs(points));

/** @example signed(3.25) // '+3.3' */
export function signed(points: number): string {
  const rounded = Math.abs(points) < 10 ? Math.round(points * 10) / 10 : wholePoints(points);
  return `${rounded > 0 ? '+' : rounded < 0 ? '−' : ''}${Math.abs(rounded)}`;
}

export const dateTime = (at: number): string =>
  new Date(at).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });

export const date = (at: number): string =>
  new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

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
  const words = name.replaceAll(/[-_]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
