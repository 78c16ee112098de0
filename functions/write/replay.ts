import * as z from 'zod/mini';
import { type Message, parseMessage } from '../../core/message/message.ts';
import type { Replayed } from '../../core/view/event.ts';
import { Invalid, Upstream } from '../errors.ts';
import { type HttpRequest, readJson } from '../http.ts';
import { type BusEntry, DETAIL_TYPE, type MessagesDetail, SOURCE } from '../ingest/pack.ts';
import { refusal, trusted } from '../ingest/scope.ts';
import { log } from '../log.ts';
import { inParallel } from '../parallel.ts';
import type { Quarantined } from '../quarantine.ts';
import type { Refused } from '../read/ports.ts';
import { whoAsks } from './who.ts';

export interface ReplayPorts {
  readonly refused: Pick<Refused, 'find'>;
  /** Whether the bus has it in the end. */
  readonly publish: (entry: BusEntry) => Promise<boolean>;
}

const MOST = 100;
const Asked = z.strictObject({
  items: z
    .array(z.object({ id: z.string().check(z.regex(/^[0-9a-f]{1,64}$/)) }))
    .check(z.minLength(1), z.maxLength(MOST)),
});

/**
 * Sends refused messages on their way once more, after what was wrong has been mended: each as far as its sender was
 * trusted then, at the time at which it came. It is out of quarantine when it has been scored; a message that is
 * refused again stays.
 */
export const replay = async ({ refused, publish }: ReplayPorts, request: HttpRequest): Promise<Replayed> => {
  // Refuses who does not say who they are; the log names them by their id, and not by their address.
  whoAsks(request);
  const asked = z.safeParse(Asked, readJson(request.body));
  if (!asked.success)
    throw new Invalid(`items must be 1 to ${MOST} of { id }, as GET /api/quarantine lists them`);
  const results = await inParallel(10, asked.data.items, async ({ id }) => {
    const kept = await refused.find({ id });
    if (kept === null) return { id, reason: 'it is not in quarantine any more' };
    const read = readAgain(kept);
    if (!read.ok) return { id, reason: read.reason };
    if (!(await publish(entryOf(kept, read.message))))
      throw new Upstream('the bus did not take it; try again');
    return { id, reason: null };
  });
  const taken = results.filter(({ reason }) => reason === null).map(({ id }) => id);
  log.info('replayed', { by: request.claims.sub, taken: taken.length, asked: results.length });
  return { taken, refused: results.flatMap(({ id, reason }) => (reason === null ? [] : [{ id, reason }])) };
};

const readAgain = ({
  raw,
  receivedAt,
  scope,
  id,
}: Quarantined):
  { readonly ok: true; readonly message: Message } | { readonly ok: false; readonly reason: string } => {
  let input: unknown;
  try {
    input = JSON.parse(raw);
  } catch {
    return { ok: false, reason: 'only a part of it was kept: it was too long' };
  }
  const parsed = parseMessage(asSent(input), { receivedAt, defaultId: `replayed#${id}` });
  if (!parsed.ok) return parsed;
  const reason = refusal(parsed.message, scope);
  return reason === null ? { ok: true, message: trusted(parsed.message, scope) } : { ok: false, reason };
};

/** A message that was refused after ingest is kept as we wrote it: its time is in `key`. */
const asSent = (input: unknown): unknown => {
  if (typeof input !== 'object' || input === null || !('key' in input) || 'timestamp' in input) return input;
  const { key } = input;
  return typeof key === 'string' && key !== '0' ? { ...input, timestamp: key } : input;
};

const entryOf = ({ id, receivedAt, scope }: Quarantined, message: Message): BusEntry => ({
  source: SOURCE,
  detailType: DETAIL_TYPE,
  detail: JSON.stringify({
    key: { scope },
    receivedAt,
    messages: [message],
    replays: { id },
  } satisfies MessagesDetail),
});
