import type { MessageType } from '../../core/event.ts';
import { readContext, type Receipt } from '../../core/message/message.ts';
import { fromCloudEvent } from '../../core/message/wire/cloudevent.ts';
import { fromPostHog } from '../../core/message/wire/posthog.ts';
import type { HttpRequest } from '../http.ts';
import { unescaped } from '../path.ts';
import type { Route } from './route.ts';

/** Messages that one request may bring. */
export const MAX_MESSAGES = 2_500;

/** One message of a request, in the spelling that `parseMessage` reads. */
export interface Sent {
  readonly input: unknown;
  /** As it came, for the quarantine. */
  readonly raw: unknown;
  /** Why it cannot even be looked at. */
  readonly refused?: string;
}

export type Unpacked =
  | {
      readonly ok: true;
      readonly sent: readonly Sent[];
      readonly envelope: Pick<Receipt, 'sentAt' | 'batchContext'>;
    }
  | { readonly ok: false; readonly status: 400 | 413; readonly reason: string };

/** Takes the messages out of a request's body. */
export const unpack = (route: Route, request: HttpRequest, body: unknown): Unpacked => {
  switch (route.kind) {
    case 'message':
      // A batch sent to a single call's path is still a batch.
      if (listOf(body, 'batch')) return unpackBatch(body);
      return many([{ input: typed(body, route.type), raw: body }], {});
    case 'batch':
      return unpackBatch(body);
    case 'posthog':
      return unpackPostHog(body);
    case 'cloudevents':
      return unpackCloudEvents(request, body);
    case 'health':
    case 'settings':
      return { ok: false, status: 400, reason: 'nothing to unpack' };
    default:
      return route satisfies never;
  }
};

/** The path says what a single call is, whatever its body says. */
const typed = (body: unknown, type: MessageType): unknown => (isObject(body) ? { ...body, type } : body);

const unpackBatch = (body: unknown): Unpacked => {
  const batch = listOf(body, 'batch');
  if (!batch) return { ok: false, status: 400, reason: 'batch must be a list of messages' };
  return many(
    batch.map((message) => ({ input: message, raw: message })),
    body,
  );
};

const unpackPostHog = (body: unknown): Unpacked => {
  // One event may come without a list around it.
  const batch =
    listOf(body, 'batch') ?? (isObject(body) && typeof body.event === 'string' ? [body] : undefined);
  if (!batch) return { ok: false, status: 400, reason: 'batch must be a list of events' };
  return many(
    batch.flatMap((event) => fromPostHog(event).map((input) => ({ input, raw: event }))),
    { sentAt: isObject(body) ? body.sent_at : undefined },
  );
};

const unpackCloudEvents = (request: HttpRequest, body: unknown): Unpacked => {
  const isBinary = request.headers['ce-specversion'] !== undefined;
  if (!isBinary && body === undefined) return { ok: false, status: 400, reason: 'no CloudEvent' };
  const events = isBinary ? [binary(request, body)] : Array.isArray(body) ? body : [body];
  return many(
    events.map((event: unknown) => {
      const read = fromCloudEvent(event);
      return read.ok ? { input: read.input, raw: event } : { input: event, raw: event, refused: read.reason };
    }),
    {},
  );
};

/** In binary mode attributes are headers, percent-encoded where they are not ASCII, and the body is the data. */
const binary = ({ headers }: HttpRequest, data: unknown): Record<string, unknown> => {
  const event: Record<string, unknown> = { data };
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('ce-')) event[name.slice(3)] = unescaped(value);
  }
  return event;
};

const many = (sent: readonly Sent[], envelope: unknown): Unpacked => {
  if (sent.length > MAX_MESSAGES) {
    return { ok: false, status: 413, reason: `more than ${MAX_MESSAGES} messages in one request` };
  }
  const { sentAt, context } = isObject(envelope) ? envelope : {};
  return { ok: true, sent, envelope: { sentAt, batchContext: readContext(context) } };
};

const listOf = (body: unknown, name: string): readonly unknown[] | undefined => {
  const list = isObject(body) ? body[name] : undefined;
  return Array.isArray(list) ? list : undefined;
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
