import { clean } from './clean.ts';
import { normaliseEmail } from '../identity/email.ts';
import type { LeadEvent, MessageType } from '../event.ts';
import { isCanonical, isWritable, parseInstant } from '../instant.ts';
import type { Json, JsonObject } from '../json.ts';

/** What is kept of a message's `context`: never an address, a device or an IP. */
export interface MessageContext {
  readonly page?: Readonly<Partial<Record<'path' | 'url' | 'title' | 'referrer' | 'search', string>>>;
  readonly locale?: string;
  readonly timezone?: string;
  readonly userAgent?: string;
}

/** One message of the Segment spec, checked and in one spelling: what travels on the bus. */
export interface Message {
  readonly type: MessageType;
  readonly messageId: string;
  readonly userId?: string;
  readonly anonymousId?: string;
  /** The other id of an `alias`. */
  readonly previousId?: string;
  /** The account of a `group`. */
  readonly groupId?: string;
  /** The lead itself, where a trusted sender knows it (a mail's tags, a sales system). */
  readonly leadId?: string;
  /** `traits.email` in the one spelling by which a person is known; absent if it is no address. */
  readonly email?: string;
  /** The name of a `track`. */
  readonly event?: string;
  readonly properties: JsonObject;
  readonly traits?: JsonObject;
  readonly context: MessageContext;
  /** UTC milliseconds; corrected for the sender's clock. */
  readonly occurredAt: number;
  /** The sender's own timestamp in ISO form, comparable as text, the same in every retry; '0' if there is none. */
  readonly key: string;
  /** The sender said more than a day ahead of the receipt: `occurredAt` is the receipt. */
  readonly future?: true;
  /** Why it counts for nothing; set by us, never taken from a sender. */
  readonly suspected?: string;
}

export interface Receipt {
  /** When the message came in, UTC milliseconds. */
  readonly receivedAt: number;
  /** The batch's `sentAt`; goes before a message's own. */
  readonly sentAt?: unknown;
  /** The batch's `context`; a message's own fields go before it. */
  readonly batchContext?: unknown;
  /** The id of a message that has none. Without it such a message is refused. */
  readonly defaultId?: string;
  /** The type of a message that has none: the path says it. */
  readonly defaultType?: MessageType;
  /** The lead that we know it to be about. */
  readonly leadId?: string;
  /** Why we hold it for a machine's doing. */
  readonly suspected?: string;
}

export type Parsed =
  { readonly ok: true; readonly message: Message } | { readonly ok: false; readonly reason: string };

const TYPES: readonly MessageType[] = ['track', 'page', 'screen', 'identify', 'group', 'alias'];
const DAY = 86_400_000;
/** Bytes; ids become parts of keys. */
const MAX_ID = 256;

/** Carries a reason out of a nested check; never leaves this file. */
class Refused extends Error {}

/**
 * Reads one message as some client sent it. It takes any value and never throws: what cannot be taken
 * comes back with a reason for people.
 */
export const parseMessage = (input: unknown, receipt: Receipt): Parsed => {
  const cleaned = clean(input);
  if (!cleaned.ok) return cleaned;
  try {
    return { ok: true, message: read(cleaned.value, receipt) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, reason: error.message };
    return { ok: false, reason: 'cannot be read' };
  }
};

/** A message while it is written. */
type Draft = { -readonly [F in keyof Message]: Message[F] };

const read = (input: Json, receipt: Receipt): Message => {
  if (!isObject(input)) throw new Refused('a message must be an object');
  const type = typeOf(field(input, 'type') ?? receipt.defaultType);
  const traits = optionalObject(input, 'traits');
  const email = type === 'group' || type === 'alias' ? undefined : emailOf(traits);
  const { occurredAt, key, future } = timeOf(input, receipt);
  const message: Draft = {
    type,
    messageId: idOf(input, 'messageId') ?? receipt.defaultId ?? refuse('messageId is missing'),
    properties: propertiesOf(type, input),
    context: contextsOf(receipt.batchContext, optionalObject(input, 'context')),
    occurredAt,
    key,
  };
  const set = <F extends keyof Draft>(name: F, value: Draft[F] | undefined): void => {
    if (value !== undefined) message[name] = value;
  };
  set('userId', idOf(input, 'userId'));
  set('anonymousId', idOf(input, 'anonymousId'));
  if (type === 'alias') set('previousId', idOf(input, 'previousId'));
  if (type === 'group') set('groupId', idOf(input, 'groupId'));
  set('leadId', receipt.leadId ?? idOf(input, 'leadId'));
  set('email', email);
  if (type === 'track') message.event = idOf(input, 'event') ?? refuse('a track without an event');
  if (type === 'identify' || type === 'group') message.traits = traits ?? {};
  set('future', future);
  set('suspected', receipt.suspected);
  checkSense(message);
  return message;
};

/** What each type cannot do without. */
const checkSense = (message: Message): void => {
  if (message.type === 'alias' && message.previousId === undefined) refuse('an alias without a previousId');
  if (message.type === 'alias' && message.userId === undefined) refuse('an alias without a userId');
  if (message.type === 'group' && message.groupId === undefined) refuse('a group without a groupId');
  const named = message.userId ?? message.anonymousId ?? message.email ?? message.leadId;
  if (named === undefined) refuse('names nobody: userId, anonymousId or traits.email is needed');
  if (message.event === 'score.adjusted') {
    if (typeof field(message.properties, 'score') !== 'string') refuse('score.adjusted without a score');
    if (typeof field(message.properties, 'points') !== 'number') refuse('score.adjusted without points');
  }
};

/** How the message is kept under its lead. */
export const toLeadEvent = (message: Message): LeadEvent => ({
  id: message.messageId,
  occurredAt: message.occurredAt,
  type: message.type,
  name: nameOf(message),
  properties: message.properties,
  ...(message.traits === undefined ? {} : { traits: traitsOf(message) }),
  ...(message.groupId === undefined ? {} : { groupId: message.groupId }),
  ...(message.suspected === undefined ? {} : { suspected: message.suspected }),
});

/** What a browser says of its reader goes under names of its own, so that it never hides what the lead says itself. */
const traitsOf = ({ type, traits = {}, context }: Message): JsonObject =>
  type === 'identify'
    ? {
        ...(context.locale === undefined ? {} : { browser_locale: context.locale }),
        ...(context.timezone === undefined ? {} : { browser_timezone: context.timezone }),
        ...traits,
      }
    : traits;

const nameOf = ({ type, event }: Message): string => {
  switch (type) {
    case 'track':
      return event ?? '';
    case 'page':
    case 'screen':
      return type;
    case 'identify':
    case 'group':
    case 'alias':
      return '';
    default:
      return type satisfies never;
  }
};

const typeOf = (value: Json | undefined): MessageType =>
  TYPES.find((type) => type === value) ?? refuse(`type must be one of ${TYPES.join(', ')}`);

/** A page's and a screen's `name` and `category` stand beside its properties; rules look for them inside. */
const propertiesOf = (type: MessageType, input: JsonObject): JsonObject => {
  const properties = optionalObject(input, 'properties') ?? {};
  if (type !== 'page' && type !== 'screen') return properties;
  const beside: Record<string, Json> = {};
  for (const name of ['name', 'category']) {
    const value = field(input, name);
    if (typeof value === 'string' && value !== '') beside[name] = value;
  }
  return beside.name === undefined && beside.category === undefined
    ? properties
    : { ...beside, ...properties };
};

const timeOf = (
  input: JsonObject,
  receipt: Receipt,
): Pick<Message, 'occurredAt' | 'key'> & { future: true | undefined } => {
  const timestamp = instantOf(input, 'timestamp');
  const original = instantOf(input, 'originalTimestamp');
  const said = timestamp ?? original;
  if (said === undefined) return { occurredAt: receipt.receivedAt, key: '0', future: undefined };
  const written = field(input, timestamp === undefined ? 'originalTimestamp' : 'timestamp');
  const key = typeof written === 'string' && isCanonical(written) ? written : new Date(said).toISOString();
  // The batch's comes first, written last before it went out; a malformed one spoils only the correction it is for.
  const sentAt = parseInstant(receipt.sentAt) ?? parseInstant(field(input, 'sentAt'));
  const corrected = timestamp === undefined && sentAt !== null ? receipt.receivedAt - (sentAt - said) : said;
  if (corrected > receipt.receivedAt + DAY) return { occurredAt: receipt.receivedAt, key, future: true };
  if (!isWritable(corrected)) refuse('originalTimestamp, corrected by sentAt, lies before 1970');
  return { occurredAt: corrected, key, future: undefined };
};

const instantOf = (input: JsonObject, name: string): number | undefined => {
  const value = field(input, name);
  if (value === undefined || value === null || value === '') return undefined;
  return parseInstant(value) ?? refuse(`${name} is no ISO instant between 1970 and 9999`);
};

/** What is kept of a context, a batch's as a message's; nothing of one that cannot be read. */
export const readContext = (context: unknown): MessageContext => {
  const cleaned = clean(context);
  return cleaned.ok && isObject(cleaned.value) ? contextOf(cleaned.value) : {};
};

/** Of a message's context and the batch's. */
const contextsOf = (batch: unknown, own: JsonObject | undefined): MessageContext => {
  if (batch === undefined) return own === undefined ? {} : contextOf(own);
  return { ...readContext(batch), ...(own && contextOf(own)) };
};

const contextOf = (context: JsonObject): MessageContext => {
  const page = field(context, 'page');
  return withoutUndefined({
    page: isObject(page)
      ? withoutUndefined({
          path: textOf(page, 'path', 2048),
          url: textOf(page, 'url', 2048),
          title: textOf(page, 'title', 512),
          referrer: textOf(page, 'referrer', 2048),
          search: textOf(page, 'search', 2048),
        })
      : undefined,
    locale: textOf(context, 'locale', 64),
    timezone: textOf(context, 'timezone', 64),
    userAgent: textOf(context, 'userAgent', 512),
  });
};

const emailOf = (traits: JsonObject | undefined): string | undefined => {
  const email = traits && field(traits, 'email');
  return typeof email === 'string' ? (normaliseEmail(email) ?? undefined) : undefined;
};

/** A text that names something: numbers are taken as texts, an empty one as none. */
const idOf = (input: JsonObject, name: string): string | undefined => {
  const value = field(input, name);
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return refuse(`${name} must be a text`);
  if (value.includes('\uFFFD')) return refuse(`${name} holds characters that are no text`);
  // A character takes at most three bytes.
  if (value.length * 3 > MAX_ID && Buffer.byteLength(value) > MAX_ID)
    return refuse(`${name} is longer than ${MAX_ID} bytes`);
  return value;
};

const textOf = (object: JsonObject, name: string, max: number): string | undefined => {
  const value = field(object, name);
  return typeof value === 'string' && value !== '' ? value.slice(0, max).toWellFormed() : undefined;
};

const optionalObject = (input: JsonObject, name: string): JsonObject | undefined => {
  const value = field(input, name);
  if (value === undefined || value === null) return undefined;
  return isObject(value) ? value : refuse(`${name} must be an object`);
};

/** Own fields only: senders may call one `constructor` or `toString`. */
const field = (object: JsonObject, name: string): Json | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined;

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

const withoutUndefined = <T extends object>(object: T): Defined<T> => {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) if (value !== undefined) kept[name] = value;
  return kept as Defined<T>;
};

const refuse = (reason: string): never => {
  throw new Refused(reason);
};
