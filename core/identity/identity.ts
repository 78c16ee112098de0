import { createHash } from 'node:crypto';
import type { Message } from '../message/message.ts';

/** What names a person. */
export interface PersonKey {
  readonly kind: 'user' | 'email' | 'anonymous';
  readonly value: string;
}

/** Whose key sent a message: a browser's is public, so what it says of others is not believed. */
export type Scope = 'browser' | 'server';

/** What a message says about who it is from; at least one is there. */
export interface Claim {
  readonly user?: string;
  readonly email?: string;
  readonly anonymous?: string;
  /** The other id of an `alias`. */
  readonly previous?: string;
}

/**
 * Who holds a key. An anonymous id may have several owners one after the other (a shared browser): a message belongs
 * to whoever owned it when it occurred, so that a copy of an old message still finds its lead.
 */
export interface Holder {
  /** By `since`, UTC milliseconds; the first one also owns what was before. */
  readonly owners: readonly { readonly lead: string; readonly since: number }[];
  /** `server` once a server key has used it. */
  readonly scope: Scope;
  /** All that is left of a key whose leads were erased: it lies under a hash of the key, and no one holds the key. */
  readonly buried?: true;
}

/** What is known of a lead, as far as identity goes. */
export interface Person {
  readonly id: string;
  readonly createdAt: number;
  readonly users: readonly string[];
  readonly emails: readonly string[];
}

/** What programs send when they do not know who it is; two people with one of these are not one person. */
const PLACEHOLDERS = new Set(
  [
    'undefined', 'null', 'none', 'nil', 'nan', 'anonymous', 'anon', 'guest', 'unknown', 'visitor', 'user', 'userid', 'user_id',
    'anonymousid', 'anonymous_id', 'distinct_id', 'distinctid', 'id', 'email', 'true', 'false', '0', '-1', '-', 'n/a', 'na',
    'not_authenticated', 'notauthenticated', '[object object]', '[]', '{}', '""', "''", '00000000-0000-0000-0000-000000000000',
  ],
); // prettier-ignore

/** Whether an id names nobody in particular. @example isPlaceholder(' [object Object]') // true */
export const isPlaceholder = (id: string): boolean => {
  const plain = id.trim().toLowerCase();
  return plain === '' || PLACEHOLDERS.has(plain);
};

/** Who a message says it is from, or why that cannot be. */
export const claimOf = (
  message: Pick<Message, 'userId' | 'anonymousId' | 'previousId' | 'email'>,
): { readonly ok: true; readonly claim: Claim } | { readonly ok: false; readonly reason: string } => {
  for (const field of ['userId', 'anonymousId', 'previousId'] as const) {
    const id = message[field];
    if (id !== undefined && isPlaceholder(id))
      return { ok: false, reason: `${field} is a placeholder: ${id}` };
  }
  const claim: Claim = {
    ...(message.userId === undefined ? {} : { user: message.userId }),
    ...(message.email === undefined ? {} : { email: message.email }),
    ...(message.anonymousId === undefined ? {} : { anonymous: message.anonymousId }),
    ...(message.previousId === undefined ? {} : { previous: message.previousId }),
  };
  if (Object.keys(claim).length === 0) return { ok: false, reason: 'names nobody' };
  return { ok: true, claim };
};

/** The key of a value, if there is one. */
export const keyOf = (kind: PersonKey['kind'], value: string | undefined): PersonKey | null =>
  value === undefined ? null : { kind, value };

/** Every key that a claim touches, the strongest first. */
export const keysOf = (claim: Claim): PersonKey[] =>
  [
    keyOf('user', claim.user),
    keyOf('email', claim.email),
    keyOf('user', claim.previous),
    keyOf('anonymous', claim.anonymous),
    keyOf('anonymous', claim.previous),
  ].filter((each) => each !== null);

/** Derived from the key that the lead is first known by, so that two first messages at once make one lead. */
export const leadIdOf = ({ kind, value }: PersonKey): string =>
  createHash('sha256').update(`${kind}#${value}`).digest('hex').slice(0, 24);

/** Who owned the key at an instant. */
export const ownerAt = ({ owners }: Holder, at: number): string | null =>
  (owners.findLast(({ since }) => since <= at) ?? owners[0])?.lead ?? null;

/** At most this many owners of one key are remembered; whoever shares more browsers is no person. */
const MAX_OWNERS = 20;

/** The holder after `lead` owns the key from `since` on, until the next owner known. */
export const withOwner = (holder: Holder | null, lead: string, since: number, scope: Scope): Holder => ({
  owners: [...(holder?.owners ?? []).filter((owner) => owner.since !== since), { lead, since }]
    .sort((a, b) => a.since - b.since)
    .slice(-MAX_OWNERS),
  scope: holder?.scope === 'server' ? 'server' : scope,
});

/** Of two leads the older survives; of two made at the same instant the one with the smaller id. */
export const survivorOf = <P extends Pick<Person, 'id' | 'createdAt'>>(
  a: P,
  b: P,
): readonly [survivor: P, merged: P] =>
  a.createdAt < b.createdAt || (a.createdAt === b.createdAt && a.id < b.id) ? [a, b] : [b, a];

/** What a lead is claimed for. */
export type Names = Pick<Person, 'users' | 'emails'>;

const disjoint = (a: readonly string[], b: readonly string[]): boolean =>
  a.length > 0 && b.length > 0 && !a.some((each) => b.includes(each));

/**
 * Whether nothing says that these are two people: different user ids do, and where one has none, different e-mail
 * addresses do (two people who fill in forms on one computer).
 */
export const mayBeOne = (a: Names, b: Names): boolean => {
  if (disjoint(a.users, b.users)) return false;
  return (a.users.length > 0 && b.users.length > 0) || !disjoint(a.emails, b.emails);
};

export const union = (a: readonly string[], b: readonly string[]): readonly string[] => [
  ...new Set([...a, ...b]),
];
