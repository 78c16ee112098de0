import { createHash, randomUUID } from 'node:crypto';
import { Agenda } from '../agenda.ts';
import { openJournal } from '../journal.ts';
import { type Clock, type Resource } from '../service.ts';

export interface Message {
  readonly id: string;
  readonly body: string;
  /** By the clock, in ms. */
  readonly sentAt: number;
  readonly attributes: Readonly<Record<string, string>>;
  receiveCount: number;
  firstReceivedAt: number;
}

/** What a delivery of a message is acknowledged by. */
export const receiptOf = (message: Message): string => `${message.id}#${message.receiveCount}`;

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

type QueueRecord =
  | { readonly sent: Message; readonly visibleAt?: number }
  | { readonly received: string; readonly count: number; readonly first: number }
  | { readonly deleted: string };

/** The messages of one queue, each on disk before `send` returns. */
export interface Messages {
  readonly arn: string;
  readonly url: string;
  readonly name: string;
  readonly visibilityMs: number;
  /** The messages that may be received now. */
  readonly ready: number;
  /** All that the queue holds. */
  readonly depth: number;
  /** Received and not yet due again. */
  readonly inFlight: number;
  readonly delayed: number;
  send(body: string, options?: { attributes?: Readonly<Record<string, string>>; delayMs?: number }): Message;
  /** Takes the oldest; what was received too often goes to the dead-letter queue instead. */
  receive(limit: number, visibilityMs?: number, maxBytes?: number): Message[];
  /** By receipts; an unknown one is as good as deleted. */
  delete(receipts: readonly string[]): void;
  /** Makes a message visible again after `visibilityMs`. */
  release(receipt: string, visibilityMs: number): void;
  purge(): void;
  nextDue(): number | null;
  runDue(now: number): void;
  close(): void;
}

/** How a queue hands over what was received too often. */
export interface DeadLetter {
  readonly maxReceiveCount: number;
  readonly take: (message: Message) => void;
}

/**
 * Opens a queue. A message that was in flight when the process ended is visible at once: who held it is gone. That
 * receive counts for nothing: it says nothing about the message, and a few kills must not make it a dead letter.
 * @param changed called when there is something to receive
 */
export const openMessages = (
  file: string,
  { arn, ref, name, properties }: Resource,
  clock: Clock,
  changed: () => void,
  deadLetter: () => DeadLetter | null,
): Messages => {
  const held = new Map<string, Message>();
  /** Ids in the order in which they became visible. */
  const ready = new Set<string>();
  const hidden = new Agenda();
  const delayed = new Set<string>();
  const retentionMs = 1_000 * Number(properties['MessageRetentionPeriod'] ?? 345_600);
  const visibilityTimeoutMs = 1_000 * Number(properties['VisibilityTimeout'] ?? 30);
  const delayMs = 1_000 * Number(properties['DelaySeconds'] ?? 0);

  const journal = openJournal<QueueRecord>(
    file,
    (record) => {
      if ('sent' in record) {
        held.set(record.sent.id, record.sent);
        if (record.visibleAt === undefined) ready.add(record.sent.id);
        else hide(record.sent.id, record.visibleAt, true);
      } else if ('received' in record) {
        const message = held.get(record.received);
        if (!message) return;
        message.receiveCount = record.count - 1;
        message.firstReceivedAt = record.first;
        hidden.delete(message.id);
        delayed.delete(message.id);
        ready.add(message.id);
      } else {
        forget(record.deleted);
      }
    },
    function* () {
      for (const message of held.values()) {
        const visibleAt = delayed.has(message.id) ? hidden.at(message.id) : undefined;
        yield { sent: message, ...(visibleAt === undefined ? {} : { visibleAt }) };
        const { id: received, receiveCount: count, firstReceivedAt: first } = message;
        if (hidden.at(received) !== undefined && visibleAt === undefined) yield { received, count, first };
      }
    },
  );

  function hide(id: string, until: number, isDelay: boolean): void {
    ready.delete(id);
    hidden.set(id, until);
    if (isDelay) delayed.add(id);
  }

  function forget(id: string): void {
    held.delete(id);
    ready.delete(id);
    hidden.delete(id);
    delayed.delete(id);
  }

  const idOf = (receipt: string): string => receipt.slice(0, receipt.lastIndexOf('#'));

  return {
    arn,
    name,
    url: ref,
    visibilityMs: visibilityTimeoutMs,
    get ready() {
      return ready.size;
    },
    get depth() {
      return held.size;
    },
    get inFlight() {
      return hidden.size - delayed.size;
    },
    get delayed() {
      return delayed.size;
    },
    send: (body, options) => {
      const now = clock.now();
      const message: Message = {
        id: randomUUID(),
        body,
        sentAt: now,
        attributes: options?.attributes ?? {},
        receiveCount: 0,
        firstReceivedAt: 0,
      };
      const delay = options?.delayMs ?? delayMs;
      journal.append({ sent: message, ...(delay > 0 ? { visibleAt: now + delay } : {}) });
      held.set(message.id, message);
      if (delay > 0) hide(message.id, now + delay, true);
      else ready.add(message.id);
      changed();
      return message;
    },
    receive: (limit, visibilityMs, maxBytes = Infinity) => {
      const now = clock.now();
      const dead = deadLetter();
      const taken: Message[] = [];
      const records: QueueRecord[] = [];
      let bytes = 0;
      for (const id of ready) {
        if (taken.length >= limit) break;
        const message = held.get(id)!;
        if (now - message.sentAt > retentionMs) {
          records.push({ deleted: id });
          forget(id);
          continue;
        }
        if (dead && message.receiveCount >= dead.maxReceiveCount) {
          dead.take(message);
          records.push({ deleted: id });
          forget(id);
          continue;
        }
        bytes += message.body.length;
        if (bytes > maxBytes && taken.length > 0) break;
        message.receiveCount += 1;
        message.firstReceivedAt ||= now;
        taken.push(message);
        records.push({ received: id, count: message.receiveCount, first: message.firstReceivedAt });
        const hiddenMs = visibilityMs ?? visibilityTimeoutMs;
        if (hiddenMs > 0) hide(id, now + hiddenMs, false);
      }
      if (records.length > 0) journal.append(...records);
      return taken;
    },
    delete: (receipts) => {
      const gone = receipts.map(idOf).filter((id) => held.has(id));
      if (gone.length === 0) return;
      journal.append(...gone.map((deleted) => ({ deleted })));
      gone.forEach(forget);
    },
    release: (receipt, visibilityMs) => {
      const id = idOf(receipt);
      if (!held.has(id) || ready.has(id)) return;
      if (visibilityMs > 0) hide(id, clock.now() + visibilityMs, false);
      else {
        hidden.delete(id);
        ready.add(id);
      }
      changed();
    },
    purge: () => {
      const all = [...held.keys()];
      journal.append(...all.map((deleted) => ({ deleted })));
      all.forEach(forget);
    },
    nextDue: () => hidden.next(),
    runDue: (now) => {
      for (let id = hidden.take(now); id !== null; id = hidden.take(now)) {
        delayed.delete(id);
        ready.add(id);
      }
      changed();
    },
    close: () => journal.close(),
  };
};
