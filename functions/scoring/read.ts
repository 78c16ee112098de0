import { createHash } from 'node:crypto';
import { DAY, durationMs, HOUR } from '../../core/duration.ts';
import type { LeadEvent } from '../../core/event.ts';
import type { History, Snapshot } from '../../core/history.ts';
import type { Lead, SnapshotName } from '../../core/lead.ts';
import { CONFIRM_WITHIN, decidesOnClicks } from '../../core/message/clicks.ts';
import type { Leads, LiveRuleset, LogEntry, StoredEntry } from '../ports.ts';

/**
 * How far an event's key may lie before the instant at which it counts, ms.
 *
 * Keys hold the sender's timestamp as sent, so that a retry finds its first copy; what counts is `occurredAt`, which
 * is corrected for the sender's clock. So the events after a watermark are not the keys after it. Three cases:
 *
 * 1. A key after the watermark, an event at or before it: the snapshot holds it. Dropped by its `occurredAt`.
 * 2. A key less than a margin before its event: found, because the tail is read from a margin before the watermark.
 * 3. A *stray*: a key further back, or '0' where the sender gave no timestamp. The tail misses it if it occurred after
 *    the watermark. The lead remembers the newest `occurredAt` of its strays (`strayUntil`), and while that lies after
 *    the watermark the whole log is read. Once a snapshot has moved past it, it holds them all.
 *
 * `strayUntil` is written by the commit of whoever brought the stray. If that one dies before, the message comes back:
 * its put is refused then, and its own `occurredAt` still asks for the whole log (`base`). A scorer in between that
 * does not see it yet computes a log without it, just as if it had not arrived.
 */
const MARGIN = HOUR;
/** How late an event may come before the snapshot is thrown away, where settings say nothing. */
const LATENESS = 7 * DAY;
/** A snapshot moves when it takes in at least so many events, or so many bytes of them. */
const ENOUGH_EVENTS = 32;
const ENOUGH_BYTES = 4_096;
/** And at least so many times its own size, so that writing it costs little beside writing the events. */
const WORTH = 2;
/** Bytes; larger states are not kept, the log is read then. */
const MAX_STATE = 350_000;
/** A log that is so large is not to be read whole twice after a change of rules, bytes. */
export const LONG_LOG = 256 * 1_024;

const isStray = ({ event, sentAs }: LogEntry): boolean =>
  sentAs === '0' || Date.parse(sentAs) < event.occurredAt - MARGIN;

/** The newest stray among these, 0 without one. */
const newestStray = (entries: readonly LogEntry[]): number =>
  Math.max(0, ...entries.filter(isStray).map(({ event }) => event.occurredAt));

/** A lead's log as far as it must be read. */
export interface Read {
  readonly history: Omit<History, 'accounts'>;
  /** The entries behind `history.events`. */
  readonly entries: readonly StoredEntry[];
  /** From the first event on, without a snapshot. */
  readonly whole: boolean;
  readonly snapshotBytes: number;
  readonly strayUntil: number;
}

/** The snapshot that may stand for what lies before it, or null. */
const base = (lead: Lead, ruleset: string, brought: readonly LogEntry[]): SnapshotName | null => {
  const { snapshot } = lead;
  if (snapshot === null || lead.ruleset !== ruleset) return null;
  const touched = brought.some(
    ({ event }) =>
      // A page that confirms a click before the watermark changes what the snapshot holds.
      event.occurredAt <= snapshot.watermark + (decidesOnClicks(event) ? CONFIRM_WITHIN : 0),
  );
  const strayed = Math.max(lead.strayUntil, newestStray(brought)) > snapshot.watermark;
  return touched || strayed ? null : snapshot;
};

/**
 * Reads the log of a lead that was read before: the tail behind the snapshot that this lead names, or all of it.
 * @param brought what the caller has put into the log, whether the put was refused or not
 */
export const readLog = async (
  leads: Pick<Leads, 'log'>,
  lead: Lead,
  ruleset: string,
  brought: readonly LogEntry[],
  whole: boolean,
): Promise<Read> => {
  const named = whole ? null : base(lead, ruleset, brought);
  if (named !== null) {
    const { entries, snapshot } = await leads.log(lead.id, named.watermark - MARGIN);
    if (snapshot?.id === named.id) {
      const before = entries.filter(({ event }) => event.occurredAt <= named.watermark);
      const counted = new Set(before.map(({ event }) => event.id));
      // A second copy of what the snapshot holds, sent with another timestamp: the earliest counts.
      const tail = entries.filter(
        ({ event }) => event.occurredAt > named.watermark && !counted.has(event.id),
      );
      return {
        history: { snapshot: snapshot.snapshot, events: eventsOf(tail) },
        entries: tail,
        whole: false,
        snapshotBytes: snapshot.bytes,
        strayUntil: 0,
      };
    }
  }
  const { entries } = await leads.log(lead.id, null);
  return {
    history: { events: eventsOf(entries) },
    entries,
    whole: true,
    snapshotBytes: 0,
    strayUntil: newestStray(entries),
  };
};

const eventsOf = (entries: readonly LogEntry[]): readonly LeadEvent[] => entries.map(({ event }) => event);

/** Whether a log was read whole that is better not read whole again. */
export const isLong = ({ whole, entries }: Read): boolean =>
  whole && entries.reduce((sum, { bytes }) => sum + bytes, 0) >= LONG_LOG;

/** The snapshot that a commit should name, and whether it must be written first. */
export interface Moved {
  readonly name: SnapshotName | null;
  readonly write: Snapshot | null;
}

/**
 * Where the snapshot moves to: over all events older than the lateness, if there are enough of them; the newest of
 * them is its watermark, so that scorers that see the same log make the same one. What was read whole has no snapshot
 * to keep: something at or before the old one's watermark may have come.
 * @param read with what is said of the lead's accounts, where rules look at them: the band is remembered, too
 */
export const moveSnapshot = (
  lead: Lead,
  read: Read & { readonly history: History },
  live: LiveRuleset,
  now: number,
): Moved => {
  const kept: Moved = { name: read.whole ? null : lead.snapshot, write: null };
  const { lateness } = live.scoring.settings;
  const before = now - (lateness === undefined ? LATENESS : durationMs(lateness));
  const old = read.entries.filter(({ event }) => event.occurredAt <= before);
  const bytes = old.reduce((sum, entry) => sum + entry.bytes, 0);
  if ((old.length < ENOUGH_EVENTS && bytes < ENOUGH_BYTES) || bytes < WORTH * read.snapshotBytes) return kept;
  const watermark = Math.max(...old.map(({ event }) => event.occurredAt));
  const snapshot = live.engine.snapshot(read.history, watermark);
  const { said } = snapshot;
  const text = JSON.stringify([
    snapshot.ruleset,
    snapshot.watermark,
    snapshot.state,
    ...(said === undefined ? [] : [Object.entries(said).sort()]),
  ]);
  if (text.length > MAX_STATE) return kept;
  const id = createHash('sha256').update(text).digest('base64url').slice(0, 16);
  return { name: { id, watermark }, write: snapshot };
};
