import type { Reads } from '../../core/engine/reads.ts';
import type { LeadEvent } from '../../core/event.ts';
import type { JsonObject } from '../../core/json.ts';

/**
 * A record of one message, in bytes that lie at multiples of eight: words of 32 bits and of 64 bits can be read as they
 * are. Behind its head are its id and, where what it says has no number, that as text.
 *
 *   word 0  bytes, without what is filled up to eight
 *        1  whose it is: the number of a claim, then of a lead, then of a place in the order of leads
 *      2-3  when it occurred, UTC milliseconds
 *      4-5  the sender's stamp, -1 for none: copies with one id and stamp are stored as one
 *        6  what it says, by number
 *        7  bytes of its id
 *        8  a hash of its id
 *        9  the number of its line
 */
export const HEAD = 40;
export const WORDS = { length: 0, lead: 1, saying: 6, id: 7, hash: 8, line: 9 } as const;
/** In words of 64 bits. */
export const DOUBLES = { at: 1, key: 2 } as const;

/** Of word 1: the message is nobody's. */
export const NOBODY = 0xffff_ffff;
/** Of word 1, beside a place: it was taken for a lead that was merged into this one. */
export const MERGED = 0x8000_0000;
/** Of word 6: what is said follows the id. */
export const SPELLED = 0xffff_ffff;
/** Of word 6: numbers from here on are those of `Crowd`, below those of the reader. */
export const CHANGED = 0x8000_0000;

/** Bytes that a record takes, with what is filled up. */
export const filled = (length: number): number => (length + 7) & ~7;

/** Bytes in which records lie, as words. */
export interface Views {
  readonly bytes: Buffer;
  readonly words: Uint32Array;
  readonly doubles: Float64Array;
}

/** @param bytes they begin and end at a multiple of eight */
export const viewsOf = (bytes: Uint8Array): Views => ({
  bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
  words: new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2),
  doubles: new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length >> 3),
});

/** Only the fields that rules can look at. */
function kept(fields: JsonObject, names: ReadonlySet<string>): JsonObject {
  const found: Record<string, JsonObject[string]> = {};
  for (const name of Object.keys(fields)) if (names.has(name)) found[name] = fields[name] ?? null;
  return found;
}

/** What an event says to rules, as text: events that say the same to them have the same text. */
export function sayingOf(event: LeadEvent, { properties, traits, accounts }: Reads): string {
  const { type, name } = event;
  if (type === 'identify')
    return JSON.stringify({ type, name, properties: {}, traits: kept(event.traits ?? {}, traits) });
  if (type === 'group')
    return JSON.stringify({
      type,
      name,
      properties: {},
      groupId: event.groupId,
      ...(accounts && { traits: event.traits }),
    });
  const said = name === 'score.adjusted' ? event.properties : kept(event.properties, properties);
  return JSON.stringify({ type, name, properties: said });
}
