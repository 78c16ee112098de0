import { type Message, parseMessage } from '../message/message.ts';
import type { Source } from '../schema/source.ts';
import { evaluate } from './expression.ts';

/** The messages that a payload is, and what of it is none. */
export interface FromSource {
  readonly messages: readonly Message[];
  readonly refused: readonly { readonly reason: string; readonly raw: unknown }[];
}

/** Messages of one payload: a batch of another product's events. */
const MOST = 200;

/**
 * What a payload of another product says, as messages. Their ids are the source's own, so that a delivery that comes
 * again says nothing new.
 * @param id of the delivery; @param receivedAt UTC milliseconds
 */
export const fromSource = async (
  { source, map }: Pick<Source, 'source' | 'map'>,
  payload: unknown,
  { id, receivedAt }: { readonly id: string; readonly receivedAt: number },
): Promise<FromSource> => {
  const mapped = await evaluate(map, payload);
  const bad = (reason: string): FromSource => ({ messages: [], refused: [{ reason, raw: payload }] });
  if (!mapped.ok) return bad(`sources/${source}.yaml: ${mapped.reason}`);
  if (mapped.value === undefined || mapped.value === null) return { messages: [], refused: [] };
  const all = [mapped.value].flat() as unknown[];
  if (all.length > MOST) return bad(`sources/${source}.yaml: more than ${MOST} messages`);
  const messages: Message[] = [];
  const refused: { reason: string; raw: unknown }[] = [];
  for (const [index, one] of all.entries()) {
    const parsed = parseMessage(named(one, source), { receivedAt, defaultId: `${source}#${id}#${index}` });
    if (parsed.ok) messages.push(parsed.message);
    else refused.push({ reason: `sources/${source}.yaml: ${parsed.reason}`, raw: payload });
  }
  return { messages, refused };
};

/** An id that the map gives is one of the other product's: no other sender's message can have it. */
const named = (message: unknown, source: string): unknown => {
  if (typeof message !== 'object' || message === null || !('messageId' in message)) return message;
  const { messageId } = message;
  return typeof messageId === 'string' || typeof messageId === 'number'
    ? { ...message, messageId: `${source}#${messageId}` }
    : message;
};
