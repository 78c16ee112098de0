import type { Source } from '../../core/schema/source.ts';
import { fromSource } from '../../core/sources/map.ts';
import { verify } from '../../core/sources/verify.ts';
import { type HttpAnswer, type HttpHandler, type HttpRequest, json, onHttp } from '../http.ts';
import { type BusEntry, pack } from '../ingest/pack.ts';
import { rawOf } from '../ingest/raw.ts';
import { log } from '../log.ts';
import type { Quarantine } from '../quarantine.ts';
import { keysOf } from './keys.ts';
import type { Seen } from './seen.ts';

export interface HookPorts {
  /** Of the live ruleset, by name. */
  readonly sources: () => Promise<Readonly<Record<string, Source>>>;
  readonly secret: () => Promise<string>;
  readonly seen: Seen;
  readonly quarantine: Pick<Quarantine, 'put'>;
  /** Whether the bus has them all in the end. */
  readonly publish: (entries: readonly BusEntry[]) => Promise<boolean>;
  /** Without a slash at the end. */
  readonly publicUrl: string;
}

/** Bytes. */
const MAX_BODY = 512 * 1024;

/**
 * Takes in what other products say: `POST /hooks/{source}`. Who cannot be verified changes nothing. What is theirs and
 * cannot be mapped waits in the quarantine, and they are told that it was taken: sending it again would not mend it.
 */
export const createHooks = (ports: HookPorts): HttpHandler =>
  onHttp(async (request) => {
    const name = request.params.source ?? '';
    const sources = await ports.sources();
    const source = Object.hasOwn(sources, name) ? sources[name] : undefined;
    if (source === undefined) return json(404, { error: 'no such source' });
    return receive(ports, source, request);
  });

const receive = async (ports: HookPorts, source: Source, request: HttpRequest): Promise<HttpAnswer> => {
  const { body, headers, method, path, query, receivedAt } = request;
  if (body.length > MAX_BODY) return json(413, { error: `more than ${MAX_BODY} bytes` });
  const search = new URLSearchParams(query).toString();
  const delivery = {
    method,
    headers,
    body,
    url: `${ports.publicUrl}${path}${search === '' ? '' : `?${search}`}`,
  };
  const keys = keysOf(await ports.secret(), source.source);
  const verified = keys
    .map((key) => verify(source.verify, delivery, key, receivedAt))
    .reduce((found, each) => (found.ok ? found : each), verify(source.verify, delivery, '', receivedAt));
  if (!verified.ok) {
    log.warn('a webhook was refused', { source: source.source, reason: verified.reason });
    return json(401, { error: verified.reason });
  }
  const { id } = verified;
  if (await ports.seen.has(source.source, id)) return json(200, { success: true, duplicate: true });
  const { messages, refused } = await mapped(source, body, id, receivedAt);
  for (const { reason, raw } of refused)
    await ports.quarantine.put({ ...rawOf(raw, 'server'), reason, receivedAt, scope: 'server' });
  if (messages.length > 0 && !(await ports.publish(pack(messages, 'server', receivedAt))))
    return json(503, { error: 'try again' }, { 'retry-after': '1' });
  // Only now: had the bus not taken it, it would have to come again.
  await ports.seen.note(source.source, id, receivedAt);
  log.info('hooked', { source: source.source, messages: messages.length, quarantined: refused.length });
  return json(200, { success: true });
};

const mapped = (
  source: Source,
  body: Buffer,
  id: string,
  receivedAt: number,
): ReturnType<typeof fromSource> => {
  const text = body.toString('utf8');
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    const reason = `sources/${source.source}.yaml: the payload is not JSON`;
    return Promise.resolve({ messages: [], refused: [{ reason, raw: text }] });
  }
  return fromSource(source, payload, { id, receivedAt });
};
