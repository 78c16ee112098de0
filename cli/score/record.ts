import type { LeadEvent } from '../../core/event.ts';
import type { Reads } from '../../core/engine/reads.ts';
import type { JsonObject } from '../../core/json.ts';

/** Bytes before the texts of a record: its length, its lead, when it occurred, its key, the length of its id. */
export const HEAD = 4 + 4 + 8 + 8 + 2;

/** A message that gives no timestamp has the key 0. */
const keyOf = (key: string): number => (key === '0' ? -1 : Date.parse(key));

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

/** Writes a record at `offset`; its end, or -1 where it does not fit. */
export function write(
  into: Buffer,
  offset: number,
  lead: number,
  event: Pick<LeadEvent, 'id' | 'occurredAt'>,
  key: string,
  saying: string,
): number {
  // A UTF-16 unit takes at most three bytes.
  if (offset + HEAD + (event.id.length + saying.length) * 3 > into.length) return -1;
  const id = into.write(event.id, offset + HEAD);
  const end = offset + HEAD + id + into.write(saying, offset + HEAD + id);
  into.writeUInt32LE(end - offset, offset);
  into.writeUInt32LE(lead, offset + 4);
  into.writeDoubleLE(event.occurredAt, offset + 8);
  into.writeDoubleLE(keyOf(key), offset + 16);
  into.writeUInt16LE(id, offset + 24);
  return end;
}

export const lengthAt = (bytes: Buffer, offset: number): number => bytes.readUInt32LE(offset);
export const leadAt = (bytes: Buffer, offset: number): number => bytes.readUInt32LE(offset + 4);

/** Different sayings that are remembered at once; whoever says ever new things costs no more memory than this. */
const SAYINGS = 20_000;

/** Reads records back; what events say is read once for all that say the same. */
export class RecordReader {
  readonly #known = new Map<string, Omit<LeadEvent, 'id' | 'occurredAt'>>();

  /** The event of a record, and what tells copies of one message that were stored as one. */
  read(bytes: Buffer, offset: number): { readonly event: LeadEvent; readonly copy: string } {
    const end = offset + lengthAt(bytes, offset);
    const middle = offset + HEAD + bytes.readUInt16LE(offset + 24);
    const id = bytes.toString('utf8', offset + HEAD, middle);
    const said = this.#saying(bytes.toString('utf8', middle, end));
    const event: LeadEvent = { id, occurredAt: bytes.readDoubleLE(offset + 8), ...said };
    return { event, copy: `${bytes.readDoubleLE(offset + 16)}#${id}` };
  }

  #saying(text: string): Omit<LeadEvent, 'id' | 'occurredAt'> {
    const known = this.#known.get(text);
    if (known) return known;
    if (this.#known.size >= SAYINGS) this.#known.clear();
    const said = JSON.parse(text) as Omit<LeadEvent, 'id' | 'occurredAt'>;
    this.#known.set(text, said);
    return said;
  }
}
