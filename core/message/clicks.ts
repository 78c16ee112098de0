import { MINUTE } from '../duration.ts';
import { compareEvents } from '../engine/order.ts';
import type { LeadEvent } from '../event.ts';

/**
 * The mark of a click in one of our mails that no page has confirmed. Scanners click every link within seconds, some
 * later and with an ordinary browser's user agent: a click alone proves nothing.
 */
export const UNCONFIRMED = 'no page followed';

/** How soon the same lead must show a page for a click to count, ms. */
export const CONFIRM_WITHIN = 30 * MINUTE;

/** Whether it may change which clicks count. */
export const decidesOnClicks = ({ type, name }: Pick<LeadEvent, 'type' | 'name'>): boolean =>
  type === 'page' || type === 'screen' || name === 'email.clicked';

const isPage = ({ type, suspected }: LeadEvent): boolean =>
  suspected === undefined && (type === 'page' || type === 'screen');

/** Of copies with one id the earliest counts. */
const earliest = (events: readonly LeadEvent[]): LeadEvent[] => {
  const known = new Map<string, LeadEvent>();
  for (const event of events) {
    const copy = known.get(event.id);
    if (copy === undefined || event.occurredAt < copy.occurredAt) known.set(event.id, event);
  }
  return [...known.values()].sort(compareEvents);
};

/**
 * Which unconfirmed clicks count after all, by id: each page that a lead shows confirms its newest click of the half
 * hour before. So of a scanner's clicks at once and a person's later one, the person's counts. It is a function of the
 * log alone: the order in which events arrive changes nothing.
 */
export const confirmedClicks = (events: readonly LeadEvent[]): ReadonlySet<string> => {
  const found = new Set<string>();
  const clicks = earliest(events.filter(({ suspected }) => suspected === UNCONFIRMED));
  if (clicks.length === 0) return found;
  const pages = earliest(events.filter(isPage));
  let next = 0;
  for (const page of pages) {
    while (next < clicks.length && (clicks[next]?.occurredAt ?? Infinity) <= page.occurredAt) next += 1;
    const click = clicks[next - 1];
    if (click !== undefined && page.occurredAt - click.occurredAt < CONFIRM_WITHIN) found.add(click.id);
  }
  return found;
};

/** Of an entry of a log: its click came with the mark, and counts. */
export interface Lifted {
  readonly lifted?: true;
}

/** The log as rules see it: the mark of a click is lifted where a page followed. */
export const withConfirmed = <Entry extends { readonly event: LeadEvent } & Lifted>(
  entries: readonly Entry[],
): readonly Entry[] => {
  const confirmed = confirmedClicks(entries.map(({ event }) => event));
  if (confirmed.size === 0) return entries;
  return entries.map((entry) => {
    const { suspected, ...event } = entry.event;
    return suspected === UNCONFIRMED && confirmed.has(event.id) ? { ...entry, event, lifted: true } : entry;
  });
};

/** The entry with the mark that it came with: what confirms a click in one log need not do so in another. */
export const asItCame = <Entry extends { readonly event: LeadEvent } & Lifted>(entry: Entry): Entry => {
  if (entry.lifted !== true) return entry;
  const { lifted: _, ...rest } = entry;
  return { ...rest, event: { ...entry.event, suspected: UNCONFIRMED } } as unknown as Entry;
};
