const LINE_FEED = 10;
const RETURN = 13;
const SPACE = 32;
const CLOSE = 125;

/** Text as most programs write it: UTF-8, lines that end with a line feed. */
export const plainText = (bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> =>
  withLineFeeds(asUtf8(bytes));

/** UTF-16, as some programs of Windows save text, is told by its first two bytes: a mark, or half of them zero. */
async function* asUtf8(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let decoder: TextDecoder | null | undefined;
  let start: Uint8Array = new Uint8Array(0);
  const encoder = new TextEncoder();
  for await (const chunk of bytes) {
    let text = chunk;
    if (decoder === undefined) {
      text = start = start.length === 0 ? chunk : Buffer.concat([start, chunk]);
      if (start.length < 2) continue;
      const encoding = utf16Of(start);
      decoder = encoding === null ? null : new TextDecoder(encoding);
    }
    yield decoder ? encoder.encode(decoder.decode(text, { stream: true })) : text;
  }
  if (decoder) yield encoder.encode(decoder.decode());
  else if (decoder === undefined) yield start;
}

function utf16Of([first = 0, second = 0]: Uint8Array): string | null {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  return null;
}

/** Lines that end with a carriage return alone, as on old Macs, are told by the first one: no line feed comes before. */
async function* withLineFeeds(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const line: FirstLine = { end: null, last: 0 };
  let held = false;
  for await (const chunk of bytes) {
    if (line.end === null) readFirstLine(line, chunk);
    if (held) yield Uint8Array.of(line.end === RETURN ? LINE_FEED : RETURN);
    // What comes next tells what this one is.
    held = line.end === null && line.last === RETURN && chunk.at(-1) === RETURN;
    if (line.end === RETURN) yield fed(chunk);
    else yield held ? chunk.subarray(0, -1) : chunk;
  }
}

interface FirstLine {
  end: typeof LINE_FEED | typeof RETURN | null;
  /** The last byte that is no space. */
  last: number;
}

function readFirstLine(line: FirstLine, bytes: Uint8Array): void {
  for (const byte of bytes) {
    if (byte === LINE_FEED) line.end = LINE_FEED;
    else if (line.last === RETURN) line.end = RETURN;
    // Only behind an object that is closed; between its fields it is a space like others.
    else if (byte === RETURN ? line.last === CLOSE : byte > SPACE) line.last = byte;
    if (line.end !== null) return;
  }
}

function fed(chunk: Uint8Array): Uint8Array {
  const text = Uint8Array.from(chunk);
  for (let at = text.indexOf(RETURN); at >= 0; at = text.indexOf(RETURN, at)) text[at] = LINE_FEED;
  return text;
}
