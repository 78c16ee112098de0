import type { Scope } from '../../core/identity/identity.ts';
import type { Message } from '../../core/message/message.ts';
import type { QuarantineRef } from '../quarantine.ts';

/** One entry of the bus. */
export interface BusEntry {
  readonly source: string;
  readonly detailType: string;
  /** JSON. */
  readonly detail: string;
}

/** What a `kindling.messages` entry holds. */
export interface MessagesDetail {
  readonly key: { readonly scope: Scope };
  /** UTC milliseconds. */
  readonly receivedAt: number;
  readonly messages: readonly Message[];
  /** What waited in quarantine, and is out of it once these are scored. */
  readonly replays?: QuarantineRef;
}

export const SOURCE = 'kindling.ingest';
export const DETAIL_TYPE = 'kindling.messages';

/** Bytes of one entry: the bus takes 256 kB and wraps it in some more before the queue, which takes 256 kB too. */
const MAX_ENTRY = 240 * 1024;
/** What one request to the bus takes. */
const MAX_REQUEST = 256 * 1024;
const MAX_ENTRIES = 10;

/** Messages in as few entries as fit, in order. */
export const pack = (messages: readonly Message[], scope: Scope, receivedAt: number): readonly BusEntry[] => {
  const head = `{"key":{"scope":"${scope}"},"receivedAt":${receivedAt},"messages":[`;
  const entries: BusEntry[] = [];
  let texts: string[] = [];
  let bytes = head.length;
  const flush = (): void => {
    if (texts.length > 0)
      entries.push({ source: SOURCE, detailType: DETAIL_TYPE, detail: `${head}${texts.join(',')}]}` });
    texts = [];
    bytes = head.length;
  };
  for (const message of messages) {
    const text = JSON.stringify(message);
    const size = Buffer.byteLength(text) + 3;
    if (bytes + size > MAX_ENTRY) flush();
    texts.push(text);
    bytes += size;
  }
  flush();
  return entries;
};

/** Entries in as few requests to the bus as fit, in order. */
export const requestsOf = (entries: readonly BusEntry[]): readonly (readonly BusEntry[])[] => {
  const requests: BusEntry[][] = [];
  let bytes = Infinity;
  for (const entry of entries) {
    const size =
      Buffer.byteLength(entry.detail) + Buffer.byteLength(entry.source) + Buffer.byteLength(entry.detailType);
    const last = requests.at(-1);
    if (last && last.length < MAX_ENTRIES && bytes + size <= MAX_REQUEST) {
      last.push(entry);
      bytes += size;
    } else {
      requests.push([entry]);
      bytes = size;
    }
  }
  return requests;
};
