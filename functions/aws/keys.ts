import { createHash } from 'node:crypto';

/** The one place that spells the table's keys. Sort keys of indexes end with the lead id. */

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

const QUARANTINE_SHARDS = 4;

/** Instants as text that orders as they do; 15 digits reach the year 33658. */
const stamp = (ms: number): string => String(Math.max(0, Math.floor(ms))).padStart(15, '0');
const shardOf = (text: string, shards: number): number =>
  createHash('sha256').update(text).digest().readUInt32BE(0) % shards;

export const leadPk = (leadId: string): string => `LEAD#${leadId}`;
export const leadKey = (leadId: string): Key => ({ pk: leadPk(leadId), sk: 'LEAD' });
/** Whether this is a lead's key; indexes hold accounts, too. */
export const isLeadPk = (pk: string): boolean => pk.startsWith('LEAD#');
/** The lead id that a lead's key holds. */
export const leadIdOf = (pk: string): string => pk.slice('LEAD#'.length);

/** @param sentAs the sender's timestamp as sent in ISO form, '0' if none: never corrected, so that a retry has the same key */
export const eventKey = (leadId: string, sentAs: string, messageId: string): Key => ({
  pk: leadPk(leadId),
  sk: `EVT#${sentAs}#${messageId}`,
});
/** The first sort key of the log. */
export const FIRST_EVENT = 'EVT#';
/** The first sort key that an event sent as of this instant (UTC milliseconds) can have. */
export const eventsFrom = (at: number): string => `EVT#${new Date(Math.max(0, at)).toISOString()}`;
/** The sender's timestamp that an event's sort key holds. */
export const sentAsOf = (sk: string): string => sk.slice(4, sk.indexOf('#', 4));
/** The message id that an event's sort key holds. */
export const messageIdOf = (sk: string): string => sk.slice(sk.indexOf('#', 4) + 1);
/** Sorts right after the events, so that one query answers the tail and the snapshot. */
export const SNAPSHOT = 'EVT~SNAP';
export const snapshotKey = (leadId: string): Key => ({ pk: leadPk(leadId), sk: SNAPSHOT });

/** The lead's attributes, for mails and pages. */
export const whoKey = (leadId: string): Key => ({ pk: leadPk(leadId), sk: 'WHO' });

export const MAIL_PREFIX = 'MAIL#';
/** @param under the partition of a lead, or of an account */
export const mailKey = (
  id: string,
  entry: string,
  step: string,
  visit: string,
  under: (id: string) => string = leadPk,
): Key => ({
  pk: under(id),
  sk: `${MAIL_PREFIX}${entry}#${step}#${visit}`,
});
/** The mails that were let out to a lead lately. */
export const LET_OUT_PREFIX = 'LETOUT';
export const letOutKey = (leadId: string): Key => ({ pk: leadPk(leadId), sk: LET_OUT_PREFIX });
export const HANDOFF_PREFIX = 'HANDOFF#';
/** @param under the partition of a lead, or of an account */
export const handoffKey = (id: string, entry: number, under: (id: string) => string = leadPk): Key => ({
  pk: under(id),
  sk: `${HANDOFF_PREFIX}${String(entry).padStart(6, '0')}`,
});
/** Handoffs of accounts that name a lead. */
export const NAMED_PREFIX = 'HANDOFF@';
/** An account's id may be as long as a sort key is: its hash stands for it. */
export const namedKey = (leadId: string, accountId: string, entry: number): Key => ({
  pk: leadPk(leadId),
  sk: `${NAMED_PREFIX}${createHash('sha256').update(accountId).digest('hex').slice(0, 32)}@${entry}`,
});
const WEEK = 7 * 86_400_000;
/** Weeks are counted from a Monday. */
const FIRST_MONDAY = 4 * 86_400_000;
export const HANDOFF_INDEX = 'handoff';
/** Where the handoffs of a week lie side by side, however they stand. @param at any instant of it, UTC milliseconds */
export const handoffWeekPk = (at: number): string =>
  `HANDOFFS#${new Date(Math.floor((at - FIRST_MONDAY) / WEEK) * WEEK + FIRST_MONDAY).toISOString().slice(0, 10)}`;
/** @param id of the lead, or of the account */
export const handoffIndex = (at: number, entry: number, id: string): Record<string, string> => ({
  handoffPk: handoffWeekPk(at),
  handoffSk: `${stamp(at)}#${entry}#${id}`,
});
export const JOURNEY_PREFIX = 'JOURNEY#';
export const journeyKey = (leadId: string, journey: string): Key => ({
  pk: leadPk(leadId),
  sk: `${JOURNEY_PREFIX}${journey}`,
});
/** A journey's entries, newest last; none holds more of a person than the lead's id. */
export const takenPk = (journey: string): string => `TAKEN#${journey}`;
/** @param at when the lead entered, UTC milliseconds */
export const takenKey = (journey: string, at: number, leadId: string): Key => ({
  pk: takenPk(journey),
  sk: `${stamp(at)}#${leadId}`,
});
/** What a merge copies beside the log. */
export const COPIED_PREFIXES = [
  MAIL_PREFIX,
  HANDOFF_PREFIX,
  NAMED_PREFIX,
  JOURNEY_PREFIX,
  LET_OUT_PREFIX,
] as const;

/** A person's key → the lead that holds it. */
export const personKey = (kind: string, value: string): Key => ({ pk: `ID#${kind}#${value}`, sk: 'ID' });
/**
 * All that is left of a key whose lead was erased: which lead that was. The key itself cannot be read from it; whoever
 * knows a key can tell that it was erased.
 */
export const buriedKey = (kind: string, value: string): Key => ({
  pk: `ID#~${createHash('sha256').update(`erased ${kind}#${value}`).digest('base64url')}`,
  sk: 'ID',
});
/** Who had which lead erased, when; nothing of the lead but its id. */
export const ERASED_PK = 'ERASED';
/** @param at UTC milliseconds */
export const erasedKey = (at: number, leadId: string): Key => ({
  pk: ERASED_PK,
  sk: `${stamp(at)}#${leadId}`,
});
/**
 * A lead's own note of a key that it was given and does not name itself: all its anonymous ids, and of many user ids and
 * addresses the first ones. A hint for merges and erasures; the truth is at `personKey`.
 */
export const NOTED_PREFIXES = {
  anonymous: 'ANONYMOUS#',
  user: 'NOTED#user#',
  email: 'NOTED#email#',
} as const;
export const notedKey = (leadId: string, kind: keyof typeof NOTED_PREFIXES, value: string): Key => ({
  pk: leadPk(leadId),
  sk: `${NOTED_PREFIXES[kind]}${value}`,
});

export const accountPk = (accountId: string): string => `ACCT#${accountId}`;
/** The account id that an account's key holds. */
export const accountIdOf = (pk: string): string => pk.slice('ACCT#'.length);
export const accountKey = (accountId: string): Key => ({ pk: accountPk(accountId), sk: 'ACCT' });
/** There while a roll-up of the account is under way to its turn. */
export const accountMarkKey = (accountId: string): Key => ({ pk: accountPk(accountId), sk: 'DIRTY' });
export const accountEventKey = (accountId: string, sentAs: string, messageId: string): Key => ({
  pk: accountPk(accountId),
  sk: `EVT#${sentAs}#${messageId}`,
});

/** Who had the account's last handoff. */
export const accountOwnerKey = (accountId: string): Key => ({ pk: accountPk(accountId), sk: 'OWNER' });
/** Whose turn it is in a team. */
export const turnsKey = (team: string): Key => ({ pk: `TEAM#${team}`, sk: 'TURNS' });

/** Of the morning mails to one owner, and their claims. @param who stands for an address */
export const morningPk = (who: string): string => `MORNING#${who}`;
/** @param day `2026-05-14` */
export const morningKey = (who: string, day: string): Key => ({ pk: morningPk(who), sk: `DAY#${day}` });

/** @param part `scoring`, `journeys`, `handoff` or `email#<name>` */
export const rulesetKey = (hash: string, part: string): Key => ({ pk: `RULESET#${hash}`, sk: part });
export const LIVE_PK = 'LIVE';
export const liveKey: Key = { pk: LIVE_PK, sk: 'LIVE' };
/** The challenger: it scores beside the live ruleset and changes nothing. */
export const shadowKey: Key = { pk: LIVE_PK, sk: 'SHADOW' };
/** Where journeys run: what the last deploy of the stack made. */
export const machinesKey: Key = { pk: LIVE_PK, sk: 'MACHINES' };
/** What a published ruleset is made of, and where it comes from; beside its parts. */
export const manifestKey = (hash: string): Key => rulesetKey(hash, '~manifest');
export const originKey = (hash: string): Key => rulesetKey(hash, '~origin');

/** Every switch of what is live. */
export const PUBLISHED_PK = 'PUBLISHED';
export const publishedKey = (epoch: number): Key => ({ pk: PUBLISHED_PK, sk: numbered(epoch) });
const numbered = (number: number): string => String(number).padStart(9, '0');

/** How far the leads have been brought to a ruleset, by the epoch of its switch. */
export const rescorePk = (epoch: number): string => `RESCORE#${epoch}`;
export const rescoreRunKey = (epoch: number): Key => ({ pk: rescorePk(epoch), sk: 'RUN' });
export const SEGMENT_PREFIX = 'SEGMENT#';
export const rescoreSegmentKey = (epoch: number, segment: number): Key => ({
  pk: rescorePk(epoch),
  sk: `${SEGMENT_PREFIX}${numbered(segment)}`,
});
/** What a switch has started by itself: the names of what took part of its limit. @param what `handoffs` or `mails` */
export const STARTED_PREFIX = 'STARTED#';
export const startedKey = (epoch: number, what: string): Key => ({
  pk: rescorePk(epoch),
  sk: `${STARTED_PREFIX}${what}`,
});

/** Handoffs that a switch would have started beyond its limit. */
export const HELD_PK = 'HELD';
export const heldKey = (of: string, id: string): Key => ({ pk: HELD_PK, sk: `${of}#${id}` });

/** By what was refused, not by when: a client that sends it again finds it there. */
export const quarantineKey = (id: string): Key => ({ pk: `QUARANTINE#${id}`, sk: 'QUARANTINE' });
const quarantinePk = (day: string, shard: number): string => `QUARANTINE#${day}#${shard}`;
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
/** Every partition of the index of names that lists what was refused on a day. @param at any instant of it, UTC milliseconds */
export const quarantinePks = (at: number): string[] =>
  Array.from({ length: QUARANTINE_SHARDS }, (_, shard) => quarantinePk(dayOf(at), shard));
export const quarantineAttributes = (receivedAt: number, id: string): Record<string, string> => ({
  namePk: quarantinePk(dayOf(receivedAt), shardOf(id, QUARANTINE_SHARDS)),
  nameSk: `${stamp(receivedAt)}#${id}`,
});

export const suppressionPk = (hash: string): string => `SUPPRESS#${hash}`;
const TOPIC_PREFIX = 'TOPIC#';
/** @param hash of the address; @param topic null: whatever mails are about */
export const suppressionKey = (hash: string, topic: string | null = null): Key => ({
  pk: suppressionPk(hash),
  sk: topic === null ? 'SUPPRESS' : `${TOPIC_PREFIX}${topic}`,
});
/** The topic that a suppression's sort key holds; null where it is of all mails. */
export const topicOf = (sk: string): string | null =>
  sk.startsWith(TOPIC_PREFIX) ? sk.slice(TOPIC_PREFIX.length) : null;

/** How far the account's sending rate is taken, by those who stand in one line for it. */
export const paceKey = (line: 'nurture' | 'sales'): Key => ({ pk: `RATE#mail#${line}`, sk: 'PACE' });

/** A delivery of another product that was taken. */
export const hookKey = (source: string, id: string): Key => ({ pk: `HOOK#${source}#${id}`, sk: 'HOOK' });

/** @param second since 1970 */
export const rateKey = (name: string, second: number): Key => ({ pk: `RATE#${name}#${second}`, sk: 'RATE' });

export const DUE_INDEX = 'due';
export const duePk = (shard: number): string => `DUE#${shard}`;
export const dueAttributes = (leadId: string, at: number, shards: number): Record<string, string> => ({
  duePk: duePk(shardOf(leadId, shards)),
  dueSk: `${stamp(at)}#${leadId}`,
});
/** Accounts have partitions of their own, so that who asks for leads meets none. */
export const accountDuePk = (shard: number): string => `DUE#ACCT#${shard}`;
export const accountDueAttributes = (
  accountId: string,
  at: number,
  shards: number,
): Record<string, string> => ({
  duePk: accountDuePk(shardOf(accountId, shards)),
  dueSk: `${stamp(at)}#${accountId}`,
});
/** The instant that a due sort key holds, UTC milliseconds. */
export const dueAt = (dueSk: string): number => Number(dueSk.slice(0, 15));
/** Sorts right after everything due at or before `at`. */
export const dueUntil = (at: number): string => `${stamp(at + 1)}#`;

export const BAND_INDEX = 'band';
export const bandPk = (band: string, shard: number): string => `BAND#${shard}#${band}`;
/** The band that a lead's partition of the index is of. @example bandOfPk('BAND#2#hot') // 'hot' */
export const bandOfPk = (pk: string): string => pk.slice(pk.indexOf('#', 'BAND#'.length) + 1);
export const bandAttributes = (
  leadId: string,
  band: string,
  since: number,
  shards: number,
): Record<string, string> => ({
  bandPk: bandPk(band, shardOf(leadId, shards)),
  bandSk: `${stamp(since)}#${leadId}`,
});
export const accountBandPk = (band: string, shard: number): string => `BAND#ACCT#${shard}#${band}`;
export const accountBandAttributes = (
  accountId: string,
  band: string,
  since: number,
  shards: number,
): Record<string, string> => ({
  bandPk: accountBandPk(band, shardOf(accountId, shards)),
  bandSk: `${stamp(since)}#${accountId}`,
});
/** The instant that a band sort key holds, UTC milliseconds. */
export const bandSince = (bandSk: string): number => Number(bandSk.slice(0, 15));

/** The members of an account. */
export const ACCOUNT_INDEX = 'account';
export const memberAttributes = (leadId: string, accountId: string): Record<string, string> => ({
  accountPk: accountPk(accountId),
  accountSk: leadId,
});

export const NAME_INDEX = 'name';
/** As names are compared: NFC, lower case, spaces folded. */
export const foldName = (name: string): string =>
  name.normalize('NFC').toLowerCase().replace(/\s+/gu, ' ').trim().slice(0, 64);
/** Where names that begin as `prefix` does are found: in this partition, by this beginning of the sort key. */
export const nameRange = (prefix: string): { readonly namePk: string; readonly begins: string } => {
  const folded = foldName(prefix);
  return { namePk: `NAME#${[...folded][0] ?? ''}`, begins: folded };
};
export const nameAttributes = (leadId: string, name: string): Record<string, string> => {
  const { namePk, begins } = nameRange(name);
  return { namePk, nameSk: `${begins}#${leadId}` };
};
const UNSETTLED_SHARDS = 4;
const unsettledPk = (shard: number): string => `MAILS#UNSETTLED#${shard}`;
/** Every partition of the index of names that lists messages of which nobody knows what became. */
export const unsettledPks: readonly string[] = Array.from({ length: UNSETTLED_SHARDS }, (_, shard) =>
  unsettledPk(shard),
);
/** @param at when it was claimed, UTC milliseconds; @param tag names the message; @param id of its lead or account */
export const unsettledAttributes = (at: number, tag: string, id: string): Record<string, string> => ({
  namePk: unsettledPk(shardOf(id, UNSETTLED_SHARDS)),
  nameSk: `${stamp(at)}#${tag}#${id}`,
});

/** The lead id that an index's sort key ends with. */
export const leadIdOfSk = (sk: string): string => sk.slice(sk.lastIndexOf('#') + 1);
