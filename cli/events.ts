import { createReadStream } from 'node:fs';

import { parseInstant } from '../core/instant.ts';
import { type Message, parseMessage } from '../core/message/message.ts';
import { type Io, Refusal } from './io.ts';
import { plainText } from './plain-text.ts';
import { unzipped } from './unzipped.ts';

/** A line of an events file: a message, or why it is none. */
export type Line =
  | { readonly number: number; readonly ok: true; readonly message: Message }
  | { readonly number: number; readonly ok: false; readonly reason: string };

/** A gzip of which the end is missing; all that came before it was given. */
export class CutOff extends Refusal {}

/** How far a file has been read. */
export interface Reading {
  /** Bytes as they lie in the file. */
  bytes: number;
  /** Of the whole file; null where that is not known. */
  readonly of: number | null;
}

/** Characters; a line that is longer is no message. */
export const MAX_LINE = 1_000_000;

/**
 * Reads NDJSON, plain or gzipped (told by its first bytes), from a file or `-`, standard input.
 * @param at the instant of messages that have no date at all
 */
export async function* readEvents(file: string, at: number, io: Pick<Io, 'stdin'>): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let number = 0;
  let rest = '';
  let skips = false;
  const line = (text: string): Line[] => {
    number += 1;
    return text.trim() === '' ? [] : [{ number, ...messageOfLine(text, number, at) }];
  };
  const tooLong = (): Line => {
    number += 1;
    return { number, ok: false, reason: `this is longer than ${MAX_LINE} characters` };
  };
  for await (const chunk of readBytes(file, io, () => number)) {
    const texts = decoder.decode(chunk, { stream: true }).split('\n');
    texts[0] = rest + (texts[0] ?? '');
    rest = texts.pop() ?? '';
    for (const text of texts) {
      if (skips) skips = false;
      else if (text.length > MAX_LINE) yield tooLong();
      else yield* line(text);
    }
    if (rest.length > MAX_LINE) {
      if (!skips) yield tooLong();
      skips = true;
      rest = '';
    }
  }
  rest += decoder.decode();
  if (rest !== '' && !skips) yield* line(rest);
}

/**
 * The text of a file, in bytes of UTF-8 with line feeds, unzipped where it is gzipped; a refusal where it cannot be read.
 * @param lines how many lines were found in what was given, for the refusal
 */
export async function* readBytes(
  file: string,
  io: Pick<Io, 'stdin'>,
  lines: () => number | Promise<number>,
  reading?: Reading,
): AsyncGenerator<Uint8Array> {
  const bytes = file === '-' ? io.stdin : createReadStream(file, { highWaterMark: 1 << 18 });
  try {
    yield* plainText(unzipped(counted(bytes, reading)));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new Refusal(`there is no file ${file}`, { cause: error });
    const name = file === '-' ? 'standard input' : file;
    if (code === 'Z_BUF_ERROR')
      throw new CutOff(`${name} is cut off after line ${await lines()}: the rest of the gzip is missing`, {
        cause: error,
      });
    throw new Refusal(`${name} cannot be read after line ${await lines()}: ${message}`, { cause: error });
  }
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  reading: Reading | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    if (reading) reading.bytes += chunk.length;
    yield chunk;
  }
}

/** The message of a line; one without an id is called by its number. @param at see `readEvents` */
export function messageOfLine(
  text: string,
  number: number,
  at: number,
): { ok: true; message: Message } | { ok: false; reason: string } {
  let input: unknown;
  try {
    input = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return { ok: false, reason: 'this is not JSON' };
  }
  return parseMessage(input, {
    receivedAt: receiptOf(input) ?? at,
    sentAt: field(input, 'sentAt'),
    defaultId: `line-${number}`,
  });
}

/** A stored message came in when its archive says so, else when it happened: history is never corrected by today. */
function receiptOf(input: unknown): number | null {
  for (const name of ['receivedAt', 'timestamp', 'sentAt', 'originalTimestamp']) {
    const instant = parseInstant(field(input, name));
    if (instant !== null) return instant;
  }
  return null;
}

const field = (input: unknown, name: string): unknown =>
  typeof input === 'object' && input !== null ? (input as Record<string, unknown>)[name] : undefined;
