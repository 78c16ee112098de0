import type { LeadEvent } from '../event.ts';

/** Compares two ids by their UTF-8 bytes, which is not how JavaScript compares texts beyond the basic plane. */
export function compareIds(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let n = 0; n < length; n += 1) {
    const [x, y] = [a.charCodeAt(n), b.charCodeAt(n)];
    if (x !== y) return byBytes(x) - byBytes(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others, so they move behind U+E000 to U+FFFF. */
const byBytes = (unit: number): number =>
  unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800;

/** The order in which events count: by instant, then by id. */
export const compareEvents = (a: LeadEvent, b: LeadEvent): number =>
  a.occurredAt - b.occurredAt || compareIds(a.id, b.id);

/**
 * The events that exist in (after, until], each once and in order; of copies with one id the earliest counts, of equally
 * early ones the first given.
 */
export function inOrder(events: readonly LeadEvent[], after: number, until: number): LeadEvent[] {
  const known = new Map<string, LeadEvent>();
  for (const event of events) {
    const copy = known.get(event.id);
    if (copy === undefined || event.occurredAt < copy.occurredAt) known.set(event.id, event);
  }
  const found: LeadEvent[] = [];
  for (const event of known.values())
    if (event.occurredAt > after && event.occurredAt <= until && event.suspected === undefined)
      found.push(event);
  return found.sort(compareEvents);
}
