import { toLeadEvent, type Message } from '../../core/message/message.ts';
import type { Scope } from '../../core/identity/identity.ts';
import { isAfter } from '../../core/identity/erased.ts';
import { withoutEmail } from '../../core/identity/people.ts';
import type { LeadEvent } from '../../core/event.ts';
import type { Lead } from '../../core/lead.ts';
import { RECEIPT, rawOf } from '../ingest/raw.ts';
import { log } from '../log.ts';
import { inParallel } from '../parallel.ts';
import type { LogEntry, ScorePorts } from '../ports.ts';
import type { Quarantine, QuarantineRef } from '../quarantine.ts';
import { onQueue, type QueueHandler, type QueueRecord } from '../queue.ts';
import { open } from './envelope.ts';
import { resolveAll, type Sent } from './resolve.ts';
import { scoreLead } from './score-lead.ts';

export type BatchPorts = ScorePorts & {
  readonly quarantine: Quarantine;
  /** Hears what a lead's new events said, once they are scored; the messages come back if it fails. */
  readonly heard?: (lead: Lead, events: readonly LeadEvent[]) => Promise<void>;
};

/** Leads scored at once. */
const LEADS = 6;
/** Refused messages put away at once. */
const REFUSED = 25;

/** A message on its way to its lead, and the queue records that fail with it. */
interface OnItsWay extends Sent {
  readonly record: string;
  readonly receivedAt: number;
}

/** Scores the leads that a batch of bus events touches; a lead that fails fails only the records it is in. */
export const createScore = (ports: BatchPorts): QueueHandler =>
  onQueue(async (records) => {
    const failed = new Set<string>();
    const { messages, refused, replays } = openAll(records, failed);
    const sorted = await group(ports, messages, refused, failed);
    const gone = await scoreAll(ports, sorted.leads, failed);
    // Of somebody who was erased since they were known: what they did after that is of whoever comes back.
    const later = gone.messages.filter(({ message, receivedAt, erased }) =>
      isAfter(message.occurredAt, receivedAt, erased),
    );
    const back = await group(ports, later, refused, failed, true);
    for (const { record } of (await scoreAll(ports, back.leads, failed)).messages) failed.add(record);
    await inParallel(REFUSED, refused, async ({ record, ...one }) => {
      try {
        await putAway(ports.quarantine, one, replays.get(record));
      } catch (error) {
        log.error('the quarantine did not answer', { error: error as Error });
        failed.add(record);
      }
    });
    for (const { record } of refused) replays.delete(record);
    for (const [record, ref] of replays) if (!failed.has(record)) await ports.quarantine.remove(ref);
    log.info('scored', {
      messages: messages.length,
      leads: sorted.leads.size,
      refused: refused.length,
      erased: sorted.erased + back.erased + gone.messages.length - later.length,
      failed: failed.size,
    });
    return failed;
  });

/** Scores each lead with its events; answers the messages of those that are erased. */
const scoreAll = async (
  ports: BatchPorts,
  leads: ReadonlyMap<string, Group>,
  failed: Set<string>,
): Promise<{ readonly messages: readonly (OnItsWay & { readonly erased: number })[] }> => {
  const gone: (OnItsWay & { erased: number })[] = [];
  await inParallel(LEADS, [...leads], async ([leadId, { entries, messages }]) => {
    try {
      const lead = await scoreLead(ports, leadId, entries, 'events');
      const erased = lead?.erased?.at;
      if (erased !== undefined) gone.push(...messages.map((each) => ({ ...each, erased })));
      else if (lead !== null)
        await ports.heard?.(
          lead,
          entries.map(({ event }) => event),
        );
    } catch (error) {
      log.error('a lead was not scored', { lead: leadId, events: entries.length, error: error as Error });
      for (const { record } of messages) failed.add(record);
    }
  });
  return { messages: gone };
};

interface Refused {
  readonly reason: string;
  readonly raw: unknown;
  readonly receivedAt: number;
  readonly scope: Scope;
  readonly record: string;
}

/** @param waits where the message waits already, if somebody had it replayed: it stays, for the reason that it has now */
const putAway = async (
  quarantine: Quarantine,
  { raw, ...refused }: Omit<Refused, 'record'>,
  waits: QuarantineRef | undefined,
): Promise<void> => {
  const kept = { ...rawOf(raw, refused.scope, RECEIPT), ...refused };
  if (waits === undefined) await quarantine.put(kept);
  else await quarantine.replace({ ...kept, ...waits });
};

const openAll = (
  records: readonly QueueRecord[],
  failed: Set<string>,
): { messages: OnItsWay[]; refused: Refused[]; replays: Map<string, QuarantineRef> } => {
  const messages: OnItsWay[] = [];
  const refused: Refused[] = [];
  const replays = new Map<string, QuarantineRef>();
  for (const { id, body, receives } of records) {
    try {
      const envelope = open(body);
      if (envelope === null) log.warn('an event that is nothing to score', { record: id });
      const { opened, receivedAt } = envelope ?? { opened: [], receivedAt: 0 };
      for (const one of opened)
        if (one.ok) messages.push({ message: one.message, scope: one.scope, record: id, receivedAt });
        else refused.push({ reason: one.reason, raw: one.raw, receivedAt, scope: 'server', record: id });
      if (envelope?.replays !== undefined) replays.set(id, envelope.replays);
    } catch (error) {
      log.error('a queue message cannot be read', { record: id, receives, error: error as Error });
      failed.add(id);
    }
  }
  return { messages, refused, replays };
};

interface Group {
  readonly entries: LogEntry[];
  readonly messages: OnItsWay[];
}

/** Finds each message's lead. Where that fails, its record comes back; what is of an erased lead is dropped, and counted. */
const group = async (
  ports: BatchPorts,
  messages: readonly OnItsWay[],
  refused: Refused[],
  failed: Set<string>,
  anew = false,
): Promise<{ readonly leads: ReadonlyMap<string, Group>; readonly erased: number }> => {
  const leads = new Map<string, Group>();
  let erased = 0;
  const resolved = await resolveAll(ports, messages, anew);
  for (const [index, one] of messages.entries()) {
    const { message, scope, record, receivedAt } = one;
    const found = resolved[index];
    if (found === undefined || found === null) failed.add(record);
    else if (found.ok === 'erased') erased += 1;
    else if (!found.ok) refused.push({ reason: found.reason, raw: message, receivedAt, scope, record });
    else {
      const of = leads.get(found.lead) ?? { entries: [], messages: [] };
      of.entries.push(entryFor(message, found.dropEmail, receivedAt));
      of.messages.push(one);
      leads.set(found.lead, of);
    }
  }
  return { leads, erased };
};

/** What comes in later than this after it happened is noted, ms: what a score was on a day rests on what was known then. */
const AT_ONCE = 60_000;

const entryFor = (message: Message, dropEmail: boolean, receivedAt: number): LogEntry => {
  const event = dropEmail ? withoutEmail(toLeadEvent(message)) : toLeadEvent(message);
  const late = receivedAt > event.occurredAt + AT_ONCE;
  return { event, sentAs: message.key, ...(late ? { receivedAt } : {}) };
};
