import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';

import { type Content } from '../../core/engine/replay.ts';
import { type HistoryChunk, type HistoryLead } from '../../core/impact/history.ts';

/** A lead as a chunk keeps it. */
export interface StoredLead extends HistoryLead {
  /** Of the lead's item when it was read: another one means that something happened. */
  readonly version: number;
}
export interface StoredChunk extends HistoryChunk {
  readonly leads: readonly StoredLead[];
}

/** A file that is not what was written. */
export class Damaged extends Error {
  override readonly name = 'Damaged';
}

/** docs/history-format.md says what the bytes mean; another meaning has another number. */
const MAGIC = Buffer.from('KHIST001');
const DIGEST = 32;

/** A chunk as the bytes of a file. */
export function encode(chunk: StoredChunk): Buffer {
  const leads = chunk.leads.map(({ from, to, ...lead }) => ({ ...lead, rows: to - from }));
  const sections = [
    gzipSync(JSON.stringify(leads)),
    gzipSync(JSON.stringify(chunk.contents)),
    instants(chunk),
    numbers(chunk.content),
  ];
  const lengths = Buffer.alloc(4 * sections.length);
  sections.forEach((section, n) => lengths.writeUInt32LE(section.length, 4 * n));
  const body = Buffer.concat([MAGIC, lengths, ...sections]);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

/** @throws Damaged where the bytes are not what was written */
export function decode(bytes: Buffer): StoredChunk {
  const [leadBytes, contentBytes, instantBytes, numberBytes] = sectionsOf(bytes);
  const leads = leadsOf(leadBytes);
  const rows = leads.at(-1)?.to ?? 0;
  const at = new Float64Array(rows);
  readVarints(instantBytes, at);
  for (const { from, to } of leads)
    for (let row = from + 1; row < to; row += 1) at[row] = (at[row] as number) + (at[row - 1] as number);
  const content = new Uint32Array(rows);
  readVarints(numberBytes, content);
  return { leads, contents: JSON.parse(gunzipSync(contentBytes).toString()) as Content[], at, content };
}

/** Only who is in a chunk. @throws Damaged */
export const decodeLeads = (bytes: Buffer): StoredLead[] => leadsOf(sectionsOf(bytes)[0]);

function sectionsOf(bytes: Buffer): [Buffer, Buffer, Buffer, Buffer] {
  const end = bytes.length - DIGEST;
  const start = MAGIC.length + 16;
  if (end < start || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw new Damaged('no chunk of a history');
  const body = bytes.subarray(0, end);
  if (!createHash('sha256').update(body).digest().equals(bytes.subarray(end)))
    throw new Damaged('its checksum is not that of its content');
  let offset = start;
  const section = (n: number): Buffer => {
    const from = offset;
    offset += body.readUInt32LE(MAGIC.length + 4 * n);
    return body.subarray(from, offset);
  };
  return [section(0), section(1), section(2), section(3)];
}

function leadsOf(section: Buffer): StoredLead[] {
  const listed = JSON.parse(gunzipSync(section).toString()) as (Omit<StoredLead, 'from' | 'to'> & {
    readonly rows: number;
  })[];
  let row = 0;
  return listed.map(({ rows, ...lead }) => ({ ...lead, from: row, to: (row += rows) }));
}

/** Of each lead the first instant, then the steps between; all as variable-length numbers. */
function instants({ leads, at }: HistoryChunk): Buffer {
  const write = writer(5 * at.length);
  for (const { from, to } of leads)
    for (let row = from, last = 0; row < to; row += 1) {
      const instant = at[row] ?? 0;
      write.add(instant - last);
      last = instant;
    }
  return write.bytes();
}

function numbers(values: ArrayLike<number>): Buffer {
  const write = writer(2 * values.length);
  for (let n = 0; n < values.length; n += 1) write.add(values[n] ?? 0);
  return write.bytes();
}

/** Seven bits a byte, the lowest first, the eighth bit set where more follow; whole numbers from 0 below 2^53. */
function writer(room: number): { add(value: number): void; bytes(): Buffer } {
  let buffer = Buffer.alloc(Math.max(64, room));
  let length = 0;
  return {
    add: (value) => {
      if (length + 8 > buffer.length) buffer = Buffer.concat([buffer, Buffer.alloc(buffer.length)]);
      let rest = value;
      for (; rest >= 128; rest = Math.floor(rest / 128)) buffer[length++] = (rest % 128) | 128;
      buffer[length++] = rest;
    },
    bytes: () => buffer.subarray(0, length),
  };
}

/** Fills `into` with the numbers that a `writer` wrote. */
function readVarints(bytes: Buffer, into: Float64Array | Uint32Array): void {
  let offset = 0;
  for (let n = 0; n < into.length; n += 1) {
    let byte = bytes[offset++] ?? 0;
    let value = byte & 127;
    for (let scale = 128; byte >= 128; scale *= 128) {
      byte = bytes[offset++] ?? 0;
      value += (byte & 127) * scale;
    }
    into[n] = value;
  }
}
