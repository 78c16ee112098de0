import { lookup as resolve, type LookupAddress } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isLoopback, isPublic } from './address.ts';

/** What became of a request that was made once. */
export type Posted =
  | { readonly status: number }
  /** It never left: the address is not one that we talk to. */
  | { readonly refused: string }
  /** It never arrived: nobody is there to answer. */
  | { readonly unreachable: string }
  /** It may have arrived. */
  | { readonly unknown: string };

export interface Posting {
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface PostOptions {
  /** Whether this machine itself may be talked to, over plain HTTP too: for what stands in for others locally. */
  readonly loopback: boolean;
  /** All of it, ms. @default 8 s */
  readonly timeoutMs?: number;
  /** How a name becomes addresses. @default the system's way */
  readonly lookup?: typeof resolve;
}

/** Bytes that are read of an answer, which says nothing to us but its status. */
const MAX_ANSWER = 64 * 1024;
const MAX_BODY = 256 * 1024;
/** Nothing was said yet when these happen. */
const BEFORE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Told apart from what the network says. */
class NotPublic extends Error {
  readonly code = 'NOT_PUBLIC';
}

export type Post = (address: string, posting: Posting) => Promise<Posted>;

/**
 * Posts JSON to an address of somebody else, once. The name is resolved here and the connection goes to just what was
 * looked at, so that a name cannot lead into our own network, also not by changing in between. No redirect is followed.
 */
export const poster =
  (options: PostOptions): Post =>
  (address, { body, headers = {} }) => {
    const { loopback, timeoutMs = 8_000, lookup = resolve } = options;
    const url = URL.canParse(address) ? new URL(address) : null;
    const problem = url === null ? 'not an address' : problemOf(url, body, loopback);
    if (url === null || problem !== null) return Promise.resolve({ refused: problem ?? 'not an address' });
    return new Promise((done) => {
      let connected = false;
      const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Kindling',
          ...headers,
          'content-length': Buffer.byteLength(body),
        },
        lookup: guarded(lookup, loopback),
        agent: false,
      });
      // Of the real clock, whatever the product's own says.
      const timer = setTimeout(() => request.destroy(new Error('no answer in time')), timeoutMs);
      const end = (posted: Posted): void => {
        clearTimeout(timer);
        done(posted);
      };
      request.on('socket', (socket) => {
        socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => (connected = true));
      });
      request.on('response', (response) => {
        let read = 0;
        const status = response.statusCode ?? 0;
        const finish = (): void => end({ status });
        response.on('data', (chunk: Buffer) => {
          read += chunk.length;
          if (read > MAX_ANSWER) response.destroy();
        });
        // The status is the answer; that its text breaks off changes nothing.
        response.on('end', finish).on('close', finish).on('error', finish);
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        if (error instanceof NotPublic) end({ refused: error.message });
        else if (!connected || BEFORE.has(error.code ?? ''))
          end({ unreachable: error.code ?? error.message });
        else end({ unknown: error.code ?? error.message });
      });
      request.end(body);
    });
  };

/** Why this address is none that we talk to, as far as it says itself. */
const problemOf = (url: URL, body: string, loopback: boolean): string | null => {
  if (Buffer.byteLength(body) > MAX_BODY) return `more than ${MAX_BODY} bytes`;
  if (url.username !== '' || url.password !== '') return 'an address with a password in it';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isOwn = loopback && (isLoopback(host) || host === 'localhost');
  if (url.protocol !== 'https:' && !(isOwn && url.protocol === 'http:')) return 'only https is spoken';
  // No name to look up: the connection would be made as it stands.
  if (isIP(host) !== 0 && !isPublic(host) && !isOwn) return 'not a public address';
  return null;
};

/** Looks a name up, and gives on nothing unless all that it stands for may be talked to. */
const guarded =
  (lookup: typeof resolve, loopback: boolean): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { all: true, verbatim: true }, (error, found: LookupAddress[]) => {
      if (error) return callback(error, '', 0);
      const bad = found.find(({ address }) => !isPublic(address) && !(loopback && isLoopback(address)));
      const [first] = found;
      if (bad !== undefined || first === undefined)
        return callback(new NotPublic('the name leads to no public address'), '', 0);
      if (options.all === true) return callback(null, found);
      return callback(null, first.address, first.family);
    });
  };
