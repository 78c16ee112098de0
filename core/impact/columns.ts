import { inOrder } from '../engine/order.ts';
import type { Content } from '../engine/replay.ts';
import type { LeadEvent } from '../event.ts';
import type { HistoryChunk, HistoryLead } from './history.ts';

/** Puts leads into columns, each with its events in the order in which they count, once, and without suspected ones. */
export interface Columns {
  /** How many events there are so far. */
  readonly rows: number;
  add(lead: Omit<HistoryLead, 'from' | 'to'>, events: readonly LeadEvent[]): void;
  chunk(): HistoryChunk;
}

export function createColumns(): Columns {
  const leads: HistoryLead[] = [];
  const at: number[] = [];
  const content: number[] = [];
  const contents: Content[] = [];
  const known = new Map<string, number>();
  const numberOf = ({ type, name, properties, traits, groupId }: LeadEvent): number => {
    const said: Content = {
      type,
      name,
      properties,
      ...(traits !== undefined && { traits }),
      ...(groupId !== undefined && { groupId }),
    };
    const text = JSON.stringify(said);
    const number = known.get(text) ?? contents.push(said) - 1;
    known.set(text, number);
    return number;
  };
  return {
    get rows() {
      return at.length;
    },
    add: (lead, events) => {
      const from = at.length;
      for (const event of inOrder(events, -Infinity, Infinity)) {
        at.push(event.occurredAt);
        content.push(numberOf(event));
      }
      leads.push({ ...lead, from, to: at.length });
    },
    chunk: () => ({ leads, contents, at: Float64Array.from(at), content: Uint32Array.from(content) }),
  };
}
