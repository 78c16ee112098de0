import { claimOf, type Scope } from '../../core/identity/identity.ts';
import { type Message, parseMessage } from '../../core/message/message.ts';
import { type HttpAnswer, type HttpHandler, type HttpRequest, json, onHttp } from '../http.ts';
import { log } from '../log.ts';
import type { Quarantine, Quarantined } from '../quarantine.ts';
import { cors, isListed } from './cors.ts';
import { decode } from './decode.ts';
import { keyOf, type Keys } from './keys.ts';
import { pack } from './pack.ts';
import { type Bus, publish } from './publish.ts';
import type { Rate } from './rate.ts';
import { rawOf } from './raw.ts';
import { type Route, routeOf } from './route.ts';
import { refusal, trusted } from './scope.ts';
import { settingsFor } from './settings.ts';
import { type Sent, unpack, type Unpacked } from './unpack.ts';

export interface IngestPorts {
  readonly keys: Keys;
  readonly bus: Bus;
  readonly quarantine: Pick<Quarantine, 'put'>;
  readonly rate: Rate;
  /** From where a browser key may be used; `*` is everywhere. */
  readonly origins: readonly string[];
  /** Ids for messages that bring none; a client's retry of such a message cannot be known as one. */
  readonly newId: () => string;
  readonly pause: (ms: number) => Promise<void>;
}

/** How many refused messages are put away at once. */
const AT_ONCE = 25;

/**
 * Takes in what clients send: the whole request or nothing, except that a bad message costs only itself.
 * 200 says that the bus has every good message, and the quarantine every bad one.
 */
export const createIngest = (ports: IngestPorts): HttpHandler =>
  onHttp(
    async (request) => {
      const route = routeOf(request.method, request.path);
      if (route === null) return json(404, { error: 'nothing lives here' });
      if (route.kind === 'health') return json(200, { ok: true });
      if (route.kind === 'settings') return settings(ports, route.key, request);
      return accept(ports, route, request);
    },
    [cors(ports.origins)],
  );

const settings = async ({ keys }: IngestPorts, key: string, request: HttpRequest): Promise<HttpAnswer> =>
  (await keys.scopeOf(key)) === null
    ? json(401, { error: 'no such key' })
    : json(200, settingsFor(key, request));

const accept = async (ports: IngestPorts, route: Route, request: HttpRequest): Promise<HttpAnswer> => {
  const decoded = decode(request.body, route.kind === 'cloudevents');
  if (!decoded.ok) return json(decoded.status, { error: decoded.reason });

  const key = keyOf(request.headers.authorization, decoded.value);
  const scope = key === null ? null : await ports.keys.scopeOf(key);
  if (scope === null) return json(401, { error: key === null ? 'no key' : 'no such key' });
  if (scope === 'browser' && !isListed(ports.origins, request.headers.origin)) {
    return json(403, { error: 'the key may not be used from this origin' });
  }

  const unpacked = unpack(route, request, decoded.value);
  if (!unpacked.ok) return json(unpacked.status, { error: unpacked.reason });
  const seconds = await ports.rate.take(scope, Math.max(1, unpacked.sent.length));
  if (seconds > 0) return json(429, { error: 'too many messages' }, { 'retry-after': String(seconds) });

  const { good, bad } = sort(unpacked, scope, request.receivedAt, ports.newId);
  const entries = pack(good, scope, request.receivedAt);
  const [published, putAside] = await Promise.all([
    publish(ports.bus, entries, ports.pause),
    putAway(ports.quarantine, bad),
  ]);
  log.info('taken', {
    scope,
    messages: good.length,
    quarantined: bad.length,
    entries: entries.length,
    published,
  });
  if (!published || !putAside) return json(503, { error: 'try again' }, { 'retry-after': '1' });
  return json(200, route.kind === 'posthog' ? { status: 1 } : { success: true });
};

/** Which messages can be taken, and of the others, why not. */
const sort = (
  { sent, envelope }: Extract<Unpacked, { ok: true }>,
  scope: Scope,
  receivedAt: number,
  newId: () => string,
): { good: readonly Message[]; bad: readonly Quarantined[] } => {
  const good: Message[] = [];
  const bad: Quarantined[] = [];
  for (const one of sent) {
    const read = check(one, scope, { ...envelope, receivedAt, defaultId: newId() });
    if (read.ok) good.push(trusted(read.message, scope));
    else bad.push({ ...rawOf(one.raw, scope), reason: read.reason, receivedAt, scope });
  }
  return { good, bad };
};

const check = (
  one: Sent,
  scope: Scope,
  receipt: Parameters<typeof parseMessage>[1],
): ReturnType<typeof parseMessage> => {
  if (one.refused !== undefined) return { ok: false, reason: one.refused };
  const parsed = parseMessage(one.input, receipt);
  const reason = parsed.ok ? (refusal(parsed.message, scope) ?? nobody(parsed.message)) : null;
  return reason === null ? parsed : { ok: false, reason };
};

/** Why nobody is meant, or null. Scoring would refuse it too, but no longer knows it for the same when it comes again. */
const nobody = (message: Message): string | null => {
  const claimed = message.leadId === undefined ? claimOf(message) : null;
  return claimed === null || claimed.ok ? null : claimed.reason;
};

/** Whether the quarantine has them all. */
const putAway = async (
  quarantine: Pick<Quarantine, 'put'>,
  bad: readonly Quarantined[],
): Promise<boolean> => {
  try {
    for (let from = 0; from < bad.length; from += AT_ONCE) {
      await Promise.all(bad.slice(from, from + AT_ONCE).map((one) => quarantine.put(one)));
    }
    return true;
  } catch (error) {
    log.error('the quarantine did not answer', { messages: bad.length, error: error as Error });
    return false;
  }
};
