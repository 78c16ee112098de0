import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import type { Scope } from '../../core/identity/identity.ts';
import { Upstream } from '../errors.ts';

/** Tells what a key may do. */
export interface Keys {
  /** Null if we gave out no such key. */
  scopeOf(key: string): Promise<Scope | null>;
}

const Key = z.string().check(z.minLength(8));
/** More than one while a key is changed: senders go over to the new one before the old one is taken out. */
const OneOrMore = z.union([Key, z.array(Key).check(z.minLength(1), z.maxLength(5))]);
const Secret = z.object({ browser: OneOrMore, server: OneOrMore });

/** How long a changed secret may go unnoticed, milliseconds. */
const FRESH = 60_000;

/**
 * The keys of both kinds, read from their secret at first use and once a minute after.
 * While the secret cannot be read, the keys known before stay good.
 */
export const createKeys = (readSecret: () => Promise<string>, now: () => number): Keys => {
  let known:
    | { readonly browser: readonly Buffer[]; readonly server: readonly Buffer[]; readonly until: number }
    | undefined;

  const load = async (): Promise<NonNullable<typeof known>> => {
    if (known && now() < known.until) return known;
    try {
      const secret = z.parse(Secret, JSON.parse(await readSecret()));
      known = {
        browser: [secret.browser].flat().map(digest),
        server: [secret.server].flat().map(digest),
        until: now() + FRESH,
      };
    } catch (cause) {
      if (!known) throw new Upstream('the keys cannot be read', { cause });
    }
    return known;
  };

  return {
    async scopeOf(key) {
      const { browser, server } = await load();
      const given = digest(key);
      // Digests are of one length and compare in one time, whatever was guessed right.
      const [isBrowser, isServer] = [browser, server].map((keys) =>
        keys.map((key) => timingSafeEqual(given, key)).includes(true),
      );
      if (isServer === true) return 'server';
      return isBrowser === true ? 'browser' : null;
    },
  };
};

const digest = (key: string): Buffer => createHash('sha256').update(key).digest();

/**
 * The key that a request brings: the name in `Authorization: Basic` (Segment and RudderStack), a `Bearer`, else
 * `writeKey` (Segment's browser client) or `api_key` (PostHog) of the body, else the first message's `writeKey`.
 */
export const keyOf = (authorization: string | undefined, body: unknown): string | null =>
  fromHeader(authorization ?? '') ??
  textOf(body, 'writeKey') ??
  textOf(body, 'api_key') ??
  fromFirstMessage(body);

const fromHeader = (authorization: string): string | null => {
  const [, scheme = '', value = ''] = /^\s*(basic|bearer)\s+(\S+)\s*$/i.exec(authorization) ?? [];
  if (value === '') return null;
  if (scheme.toLowerCase() === 'bearer') return value;
  const [name = ''] = Buffer.from(value, 'base64').toString('utf8').split(':');
  return name === '' ? null : name;
};

const fromFirstMessage = (body: unknown): string | null => {
  const batch = fieldOf(body, 'batch');
  return Array.isArray(batch) ? textOf(batch[0], 'writeKey') : null;
};

const textOf = (value: unknown, name: string): string | null => {
  const field = fieldOf(value, name);
  return typeof field === 'string' && field !== '' ? field : null;
};

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
