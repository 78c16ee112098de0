import type { Reads } from '../../core/engine/reads.ts';
import { type Message, toLeadEvent } from '../../core/message/message.ts';
import { MAX_LINE, messageOfLine } from '../events.ts';
import { type BadLine, type Batch, CLAIM } from './batch.ts';
import { Interner, mixed, SEED } from './interner.ts';
import { PlainLine } from './plain-line.ts';
import { DOUBLES, filled, HEAD, sayingOf, SPELLED, viewsOf, type Views, WORDS } from './record.ts';

const NEWLINE = 10;
/** A line of so many bytes has more than MAX_LINE characters, whatever they are. */
const MAX_LINE_BYTES = 3 * MAX_LINE;
/** Different sayings that are numbered, and their characters; what else is said is spelled out each time. */
const MOST_SAYINGS = 200_000;
const MOST_CHARACTERS = 8_000_000;
/** Claims that are known at once: numbers go round. */
const CLAIMS = 1 << 15;
/** The largest record: an id, and what it says at full length. */
const MAX_RECORD = 1 << 18;

/**
 * Reads NDJSON by the piece: lines that plainly are messages by their bytes, all others with care. The results are the
 * same, to the last bit of a record.
 */
export class LineReader {
  readonly #at: number;
  readonly #reads: Reads;
  readonly #plain: PlainLine | null;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #said = new Interner();
  readonly #claimed = new Interner();
  readonly #sayings = new Map<string, number>();
  #characters = 0;
  /** What was not read yet, from the beginning on: the first `#rest` bytes. */
  #text = new Uint8Array(1 << 12);
  #rest = 0;
  #skips = false;
  #lines = 0;

  // Of the batch that is being read.
  #views: Views = viewsOf(new Uint8Array(0));
  #used = 0;
  #claims: (string | undefined)[] = [];
  #firstClaim = 0;
  #newSayings: string[] = [];
  #bad: BadLine[] = [];

  /** @param at the instant of messages that have no date at all @param careful reads all lines with care, to compare */
  constructor(reads: Reads, at: number, careful = false) {
    this.#reads = reads;
    this.#at = at;
    this.#plain = careful ? null : new PlainLine(reads.properties);
  }

  /** Reads all lines that end in the next bytes of a file. @param space bytes that it may write into */
  take(chunk: Uint8Array, space?: ArrayBuffer): Batch {
    const length = this.#rest + chunk.length;
    if (length > this.#text.length) {
      const more = new Uint8Array(2 * length);
      more.set(this.#text.subarray(0, this.#rest));
      this.#text = more;
    }
    this.#text.set(chunk, this.#rest);
    const bytes = this.#text.subarray(0, length);
    this.#begin(space ?? new ArrayBuffer(filled(Math.max(4096, chunk.length >> 1))));
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      if (this.#skips) this.#skips = false;
      else this.#line(bytes, from, end);
      from = end + 1;
    }
    this.#text.copyWithin(0, from, length);
    this.#rest = length - from;
    if (this.#rest > MAX_LINE_BYTES) {
      if (!this.#skips) this.#tooLong();
      this.#skips = true;
      this.#rest = 0;
    }
    return this.#batch();
  }

  /** Reads what is left when the file has ended. */
  end(): Batch {
    this.#begin(new ArrayBuffer(4096));
    const bytes = this.#text.subarray(0, this.#rest);
    if (bytes.length > 0 && !this.#skips) this.#line(bytes, 0, bytes.length);
    this.#rest = 0;
    return this.#batch();
  }

  #begin(space: ArrayBuffer): void {
    this.#views = viewsOf(new Uint8Array(space));
    this.#used = 0;
    this.#newSayings = [];
    this.#bad = [];
    this.#claims = [];
  }

  #batch(): Batch {
    const { buffer } = this.#views.bytes;
    return {
      records: new Uint8Array(buffer as ArrayBuffer, 0, this.#used),
      claims: this.#claims,
      firstClaim: this.#firstClaim - this.#claims.length / CLAIM,
      sayings: this.#newSayings,
      bad: this.#bad,
      lines: this.#lines,
    };
  }

  #line(bytes: Uint8Array, from: number, to: number): void {
    this.#lines += 1;
    const plain = this.#plain;
    if (!plain?.read(bytes, from, to)) {
      this.#careful(bytes, from, to);
      return;
    }
    let saying = this.#said.find(plain.said, plain.saidLength, plain.saidHash);
    if (saying < 0) {
      // Its first words are read with care, which tells what they mean.
      saying = this.#careful(bytes, from, to);
      if (saying >= 0 && saying !== SPELLED)
        this.#said.keep(plain.said, plain.saidLength, plain.saidHash, saying);
      return;
    }
    const at = this.#reserve(plain.idTo - plain.idFrom);
    const target = this.#views.bytes;
    let hash = SEED;
    for (let n = plain.idFrom, into = at + HEAD; n < plain.idTo; n += 1, into += 1) {
      const byte = bytes[n] as number;
      hash = mixed(hash, byte);
      target[into] = byte;
    }
    this.#head(at, HEAD + plain.idTo - plain.idFrom, this.#plainClaim(plain, bytes), plain.at, plain.at);
    this.#tail(at, saying, plain.idTo - plain.idFrom, hash);
  }

  #plainClaim(plain: PlainLine, bytes: Uint8Array): number {
    const known = this.#claimed.find(plain.from, plain.fromLength, plain.fromHash);
    if (known >= 0 && known > this.#firstClaim - CLAIMS) return known;
    const text = ([from, to]: readonly [number, number]): string | undefined =>
      from === to
        ? undefined
        : Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
    const claim = this.#claim(text(plain.userId), text(plain.anonymousId));
    this.#claimed.keep(plain.from, plain.fromLength, plain.fromHash, claim);
    return claim;
  }

  #claim(...names: (string | undefined)[]): number {
    for (let n = 0; n < CLAIM; n += 1) this.#claims.push(names[n]);
    return this.#firstClaim++;
  }

  /** Reads a line as JSON; the number of what it says, or -1 where it is no message. */
  #careful(bytes: Uint8Array, from: number, to: number): number {
    const number = this.#lines;
    let text = this.#decoder.decode(bytes.subarray(from, to));
    // The first mark of byte order belongs to the file, one more to the line.
    if (number === 1) text = text.replace(/^\uFEFF/, '');
    if (text.length > MAX_LINE) {
      this.#lines -= 1;
      this.#tooLong();
      return -1;
    }
    if (text.trim() === '') return -1;
    const parsed = messageOfLine(text, number, this.#at);
    if (parsed.ok) return this.#message(parsed.message);
    this.#bad.push({ number, reason: parsed.reason });
    return -1;
  }

  #tooLong(): void {
    this.#lines += 1;
    this.#bad.push({ number: this.#lines, reason: `this is longer than ${MAX_LINE} characters` });
  }

  #message(message: Message): number {
    const { userId, anonymousId, previousId, email, leadId } = message;
    const claim = this.#claim(userId, anonymousId, previousId, email, leadId);
    const event = toLeadEvent(message);
    const text = sayingOf(event, this.#reads);
    const saying = this.#number(text);
    const id = Buffer.from(event.id);
    const spelled = saying === SPELLED ? Buffer.from(text) : null;
    const at = this.#reserve(id.length + (spelled?.length ?? 0));
    const target = this.#views.bytes;
    target.set(id, at + HEAD);
    if (spelled) target.set(spelled, at + HEAD + id.length);
    const key = message.key === '0' ? -1 : Date.parse(message.key);
    this.#head(at, HEAD + id.length + (spelled?.length ?? 0), claim, event.occurredAt, key);
    this.#tail(at, saying, id.length, id.reduce(mixed, SEED));
    return saying;
  }

  /** The number of a saying; SPELLED where no more are numbered. */
  #number(text: string): number {
    const known = this.#sayings.get(text);
    if (known !== undefined) return known;
    const isFull = this.#sayings.size >= MOST_SAYINGS || this.#characters + text.length > MOST_CHARACTERS;
    if (isFull) return SPELLED;
    this.#characters += text.length;
    this.#newSayings.push(text);
    this.#sayings.set(text, this.#sayings.size);
    return this.#sayings.size - 1;
  }

  /** Room for a record with so many bytes behind its head; where it begins. */
  #reserve(bytes: number): number {
    const at = this.#used;
    const end = at + filled(HEAD + bytes);
    if (end - at > MAX_RECORD) throw new RangeError('a record that is longer than any may be');
    if (end > this.#views.bytes.length) {
      const more = new Uint8Array(Math.max(filled(end), 2 * this.#views.bytes.length));
      more.set(this.#views.bytes.subarray(0, at));
      this.#views = viewsOf(more);
    }
    this.#used = end;
    return at;
  }

  #head(at: number, length: number, claim: number, occurredAt: number, key: number): void {
    const { words, doubles } = this.#views;
    words[(at >> 2) + WORDS.length] = length;
    words[(at >> 2) + WORDS.lead] = claim;
    doubles[(at >> 3) + DOUBLES.at] = occurredAt;
    doubles[(at >> 3) + DOUBLES.key] = key;
  }

  #tail(at: number, saying: number, id: number, hash: number): void {
    const { words } = this.#views;
    words[(at >> 2) + WORDS.saying] = saying;
    words[(at >> 2) + WORDS.id] = id;
    words[(at >> 2) + WORDS.hash] = hash;
    words[(at >> 2) + WORDS.line] = this.#lines;
  }
}
