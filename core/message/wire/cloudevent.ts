import { createHash } from 'node:crypto';
import { normaliseEmail } from '../../identity/email.ts';

type Fields = Readonly<Record<string, unknown>>;

export type FromCloudEvent =
  { readonly ok: true; readonly input: unknown } | { readonly ok: false; readonly reason: string };

/** Types that stand for a call of the Segment spec; every other type is the name of what happened. */
const CALLS = ['page', 'screen', 'identify', 'group', 'alias'];

/**
 * A CloudEvent 1.0 (its attributes and `data`) as a message of the Segment spec, for `parseMessage` to check.
 *
 * | CloudEvents | message |
 * |---|---|
 * | `type` | `page`, `screen`, `identify`, `group`, `alias`: that call; else the `event` of a track |
 * | `source` + `id` | `messageId`: together they are unique |
 * | `time` | `timestamp` |
 * | extensions `userid`, `anonymousid`, `groupid`, `previousid`, `email` | the same, `email` as `traits.email` |
 * | `subject`, where neither `userid` nor `anonymousid` is given | `traits.email` if it is an address, else `userId` |
 * | `data` | `properties`; `traits` of `identify` and `group`; what is no object: `{ value: data }` |
 */
export const fromCloudEvent = (event: unknown): FromCloudEvent => {
  if (!isFields(event)) return { ok: false, reason: 'a CloudEvent must be an object' };
  const { type, source, id, time, subject } = event;
  if (typeof event.specversion !== 'string' || !event.specversion.startsWith('1.'))
    return { ok: false, reason: 'specversion must be 1.0' };
  const call = typeof type === 'string' && CALLS.includes(type) ? type : 'track';
  const data = dataOf(event);
  const person = personOf(event, subject);
  const carriesTraits = call === 'identify' || call === 'group';
  const input = {
    type: call,
    messageId: typeof id === 'string' && id !== '' ? messageId(source, id) : undefined,
    timestamp: time,
    userId: person.userId,
    anonymousId: event.anonymousid,
    groupId: event.groupid,
    previousId: event.previousid,
    event: call === 'track' ? type : undefined,
    properties: carriesTraits ? undefined : data,
    traits: {
      ...(carriesTraits ? data : {}),
      ...(person.email === undefined ? {} : { email: person.email }),
    },
  };
  return { ok: true, input };
};

const personOf = (event: Fields, subject: unknown): { userId?: unknown; email?: unknown } => {
  const named = event.userid !== undefined || event.anonymousid !== undefined;
  if (named || typeof subject !== 'string') return { userId: event.userid, email: event.email };
  return normaliseEmail(subject) === null
    ? { userId: subject, email: event.email }
    : { email: event.email ?? subject };
};

const dataOf = (event: Fields): Fields => {
  const data = event.data ?? decoded(event.data_base64);
  if (data === undefined || data === null) return {};
  return isFields(data) ? data : { value: data };
};

const decoded = (base64: unknown): unknown => {
  if (typeof base64 !== 'string') return undefined;
  const text = Buffer.from(base64, 'base64').toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** A source may number its events from 1, so it belongs to the id; one too long for a key is hashed. */
const messageId = (source: unknown, id: string): string => {
  const whole = typeof source === 'string' ? `${source}#${id}` : id;
  return Buffer.byteLength(whole) <= 256 ? whole : createHash('sha256').update(whole).digest('hex');
};

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
