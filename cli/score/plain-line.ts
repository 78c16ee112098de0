import { FieldNames, REFUSED } from './field-names.ts';
import { instantOfBytes } from './instant-bytes.ts';
import { mixed, SEED } from './interner.ts';
import { skipText, skipValue } from './plain-json.ts';

const DAY = 86_400_000;
/** Bytes; so short a line stays below all limits of length, however they count. */
const LONGEST = 8192;
/** Bytes of an id or a name that becomes part of a key. */
const MAX_ID = 256;
/** Fields of one message that rules may look at. */
const MOST_KEPT = 64;

const QUOTE = 34;
const OPEN = 123;
const CLOSE = 125;
const COMMA = 44;
const COLON = 58;
const SPACE = 32;
const TAB = 9;
const RETURN = 13;
const N = 110;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Fields of a message by name; those that are not named here are passed over. */
const FIELDS = [
  'type', 'event', 'messageId', 'userId', 'anonymousId', 'timestamp', 'receivedAt', 'originalTimestamp', 'context',
  'properties', 'name', 'category', 'traits', 'leadId',
] as const; // prettier-ignore
type Field = (typeof FIELDS)[number];
const PLACE = Object.fromEntries(FIELDS.map((name, n) => [name, n])) as Record<Field, number>;

const TYPES = ['track', 'page', 'screen'].map(bytesOf);
const ADJUSTED = bytesOf('score.adjusted');

function equals(bytes: Uint8Array, from: number, to: number, wanted: Uint8Array): boolean {
  if (to - from !== wanted.length) return false;
  for (let n = 0; n < wanted.length; n += 1) if (bytes[from + n] !== wanted[n]) return false;
  return true;
}

/**
 * A line of which its bytes tell, without reading it as JSON, that it is a well-formed `track`, `page` or `screen`, who
 * it is from, when it occurred, and which of its bytes say what rules can look at. It takes what nearly all lines are,
 * and leaves all else to the careful reader: what it takes, that one would take with the same result.
 */
export class PlainLine {
  readonly #fields = new FieldNames(FIELDS);
  readonly #kept: FieldNames;
  readonly #readsBeside: boolean;
  /** By place in FIELDS: where a value begins and ends; texts without their quotes. 0: there is none. */
  readonly #from = new Int32Array(FIELDS.length);
  readonly #to = new Int32Array(FIELDS.length);
  /** Where properties that rules can look at begin and end, their names included. */
  readonly #keptAt = new Int32Array(2 * MOST_KEPT);
  #keptCount = 0;

  /** UTC milliseconds; also the sender's stamp. */
  at = 0;
  /** What rules can look at, in bytes that mean the same whenever they are the same; their number and hash. */
  readonly said = new Uint8Array(2 * LONGEST);
  saidLength = 0;
  saidHash = 0;
  /** Who it is from, in the same way: the user id, a zero byte, the anonymous id. */
  readonly from = new Uint8Array(2 * MAX_ID + 1);
  fromLength = 0;
  fromHash = 0;

  /** @param kept names of properties that rules can look at */
  constructor(kept: ReadonlySet<string>) {
    this.#kept = new FieldNames(kept);
    this.#readsBeside = kept.has('name') || kept.has('category');
  }

  get idFrom(): number {
    return this.#from[PLACE.messageId] as number;
  }
  get idTo(): number {
    return this.#to[PLACE.messageId] as number;
  }
  get userId(): readonly [from: number, to: number] {
    return [this.#from[PLACE.userId] as number, this.#to[PLACE.userId] as number];
  }
  get anonymousId(): readonly [from: number, to: number] {
    return [this.#from[PLACE.anonymousId] as number, this.#to[PLACE.anonymousId] as number];
  }

  /** Whether the line from `from` to `to` (not included) is one of these; then all of the above is told of it. */
  read(bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from > LONGEST) return false;
    this.#from.fill(0);
    this.#to.fill(0);
    this.#keptCount = 0;
    return this.#readObject(bytes, from, to) && this.#time(bytes) && this.#names(bytes) && this.#says(bytes);
  }

  #readObject(bytes: Uint8Array, from: number, to: number): boolean {
    if (bytes[from] !== OPEN) return false;
    this.#fields.begin();
    let at = from + 1;
    for (;;) {
      while (bytes[at] === SPACE) at += 1;
      if (bytes[at] !== QUOTE) return false;
      const field = this.#fields.read(bytes, at + 1, to);
      if (field === REFUSED) return false;
      at = this.#fields.end + 1;
      while (bytes[at] === SPACE) at += 1;
      if (bytes[at] !== COLON) return false;
      at += 1;
      while (bytes[at] === SPACE) at += 1;
      at = field < 0 ? skipValue(bytes, at, to, 1) : this.#value(bytes, field, at, to);
      if (at < 0) return false;
      while (bytes[at] === SPACE) at += 1;
      const next = bytes[at];
      at += 1;
      if (next === CLOSE) break;
      if (next !== COMMA) return false;
    }
    while (bytes[at] === SPACE || bytes[at] === TAB || bytes[at] === RETURN) at += 1;
    return at === to;
  }

  /** Passes over the value of a field that matters; its end, or -1. */
  #value(bytes: Uint8Array, field: number, at: number, to: number): number {
    // Of two fields with one name the last would count.
    if (this.#to[field] !== 0) return -1;
    if (bytes[at] === N && field !== PLACE.type && field !== PLACE.name && field !== PLACE.category) {
      // null is as good as nothing here
      return skipValue(bytes, at, to, 1);
    }
    let end: number;
    switch (field) {
      case PLACE.properties:
        end = this.#properties(bytes, at, to);
        this.#to[field] = end;
        return end;
      case PLACE.context:
        if (bytes[at] !== OPEN) return -1;
        end = skipValue(bytes, at, to, 1);
        break;
      case PLACE.name:
      case PLACE.category:
        end = skipValue(bytes, at, to, 1);
        break;
      case PLACE.traits:
      case PLACE.leadId:
        return -1;
      default: {
        // Those that are left are texts.
        if (bytes[at] !== QUOTE) return -1;
        end = at + 1;
        for (let byte = bytes[end] as number; byte !== QUOTE; byte = bytes[(end += 1)] as number)
          if (!isPlain(byte) || end >= to) return -1;
        this.#from[field] = at + 1;
        this.#to[field] = end;
        return end + 1;
      }
    }
    this.#from[field] = at;
    this.#to[field] = end;
    return end;
  }

  #properties(bytes: Uint8Array, from: number, to: number): number {
    if (bytes[from] !== OPEN) return -1;
    this.#kept.begin();
    let at = from + 1;
    while (bytes[at] === SPACE) at += 1;
    if (bytes[at] === CLOSE) return at + 1;
    for (;;) {
      while (bytes[at] === SPACE) at += 1;
      if (bytes[at] !== QUOTE) return -1;
      const start = at + 1;
      const number = this.#kept.read(bytes, start, to);
      if (number === REFUSED) return -1;
      const isKept = number >= 0;
      at = this.#kept.end + 1;
      while (bytes[at] === SPACE) at += 1;
      if (bytes[at] !== COLON) return -1;
      at += 1;
      while (bytes[at] === SPACE) at += 1;
      at = bytes[at] === QUOTE ? skipText(bytes, at, to) : skipValue(bytes, at, to, 2);
      if (at < 0) return -1;
      if (isKept) {
        if (this.#keptCount === MOST_KEPT) return -1;
        this.#keptAt[2 * this.#keptCount] = start;
        this.#keptAt[2 * this.#keptCount + 1] = at;
        this.#keptCount += 1;
      }
      while (bytes[at] === SPACE) at += 1;
      const next = bytes[at];
      at += 1;
      if (next === CLOSE) return at;
      if (next !== COMMA) return -1;
    }
  }

  /** When it occurred: what it says itself, if that is an instant as most write it, and not after its receipt. */
  #time(bytes: Uint8Array): boolean {
    const at = this.#instant(bytes, PLACE.timestamp);
    if (at < 0) return false;
    if (this.#to[PLACE.originalTimestamp] !== 0 && this.#instant(bytes, PLACE.originalTimestamp) < 0)
      return false;
    if (this.#to[PLACE.receivedAt] !== 0) {
      const received = this.#instant(bytes, PLACE.receivedAt);
      if (received < 0 || at > received + DAY) return false;
    }
    this.at = at;
    return true;
  }

  #instant(bytes: Uint8Array, field: number): number {
    return instantOfBytes(bytes, this.#from[field] as number, this.#to[field] as number);
  }

  /** Its id, and who it is from. */
  #names(bytes: Uint8Array): boolean {
    const id = this.idTo - this.idFrom;
    if (id === 0 || id > MAX_ID) return false;
    let length = 0;
    let hash = SEED;
    for (const field of [PLACE.userId, PLACE.anonymousId]) {
      const [start, end] = [this.#from[field] as number, this.#to[field] as number];
      if (end - start > MAX_ID) return false;
      for (let n = start; n < end; n += 1) {
        const byte = bytes[n] as number;
        hash = mixed(hash, byte);
        this.from[length++] = byte;
      }
      if (field === PLACE.userId) {
        hash = mixed(hash, 0);
        this.from[length++] = 0;
      }
    }
    this.fromLength = length;
    this.fromHash = hash;
    return length > 1;
  }

  #says(bytes: Uint8Array): boolean {
    const [typeFrom, typeTo] = [this.#from[PLACE.type] as number, this.#to[PLACE.type] as number];
    const type = TYPES.findIndex((name) => equals(bytes, typeFrom, typeTo, name));
    if (type < 0) return false;
    this.saidLength = 1;
    this.said[0] = type;
    this.saidHash = mixed(SEED, type);
    if (type === 0) {
      const [from, to] = [this.#from[PLACE.event] as number, this.#to[PLACE.event] as number];
      if (to === from || to - from > MAX_ID || equals(bytes, from, to, ADJUSTED)) return false;
      this.#say(bytes, from, to);
    } else if (this.#readsBeside) {
      // They stand beside the properties of a page or screen, and rules find them there.
      this.#say(bytes, this.#from[PLACE.name] as number, this.#to[PLACE.name] as number);
      this.#say(bytes, this.#from[PLACE.category] as number, this.#to[PLACE.category] as number);
    }
    for (let n = 0; n < this.#keptCount; n += 1)
      this.#say(bytes, this.#keptAt[2 * n] as number, this.#keptAt[2 * n + 1] as number);
    return true;
  }

  /** Adds bytes to what is said; none of them is the one that ends them here. */
  #say(bytes: Uint8Array, from: number, to: number): void {
    const { said } = this;
    let hash = this.saidHash;
    let length = this.saidLength;
    for (let n = from; n < to; n += 1) {
      const byte = bytes[n] as number;
      hash = mixed(hash, byte);
      said[length++] = byte;
    }
    said[length++] = 1;
    this.saidLength = length;
    this.saidHash = mixed(hash, 1);
  }
}

/** A byte of ASCII that stands for itself in a text. */
const isPlain = (byte: number): boolean => byte >= 32 && byte < 128 && byte !== 92;
