import { filled, NOBODY, viewsOf, WORDS } from './record.ts';
import { Scratch, type Spool } from './spool.ts';

/** All records of some leads that follow each other; word 1 is the place of the lead. */
export interface Part {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly first: number;
  /** Not included. */
  readonly last: number;
}

/** Bytes that one part should have; a lead is never cut, so one that has more makes a larger part. */
const PART = 1024 * 1024;
/** Bytes of all buffers together in which records wait to be written. */
const BUFFERS = 8 * 1024 * 1024;

/** Bytes of the record at an offset, with what is filled up. */
export const lengthAt = (bytes: Uint8Array, offset: number): number =>
  filled(
    (bytes[offset] as number) |
      ((bytes[offset + 1] as number) << 8) |
      ((bytes[offset + 2] as number) << 16) |
      ((bytes[offset + 3] as number) << 24),
  );

/** Leads that make one part, and where its bytes go. */
interface Range {
  first: number;
  last: number;
  bytes: number;
  position: number;
}

/** Where the records of a range are put. */
interface Target {
  write(records: Uint8Array): void;
  /** All that was written, once. */
  take(): Uint8Array<ArrayBuffer>;
}

/**
 * Records by lead: all of one lead in one part, leads in a given order, the records of a part in the order in which
 * they came. What does not fit into memory is dealt out to a scratch file, part by part.
 * @param marks by number of a lead its place in that order, and whether it was merged into the one of that place
 * @param sizes bytes of records by place
 */
export function* byLead(spool: Spool, marks: Uint32Array, sizes: Float64Array): Generator<Part> {
  const ranges = rangesOf(sizes);
  const scratch = spool.onDisk ? new Scratch() : null;
  try {
    const size = Math.max(4096, Math.min(1 << 18, Math.floor(BUFFERS / ranges.length)));
    const targets = ranges.map((range) => (scratch ? onDisk(scratch, range, size) : inMemory(range)));
    deal(spool, marks, ranges, targets);
    for (const [n, { first, last }] of ranges.entries())
      yield { bytes: targets[n]?.take() ?? new Uint8Array(0), first, last };
  } finally {
    scratch?.close();
  }
}

function rangesOf(sizes: Float64Array): Range[] {
  const ranges: Range[] = [];
  let range: Range = { first: 0, last: 0, bytes: 0, position: 0 };
  for (let place = 0; place < sizes.length; place += 1) {
    const size = sizes[place] ?? 0;
    if (range.bytes > 0 && range.bytes + size > PART) {
      ranges.push(range);
      range = { first: place, last: place, bytes: 0, position: range.position + range.bytes };
    }
    range.bytes += size;
    range.last = place + 1;
  }
  ranges.push(range);
  return ranges;
}

function inMemory({ bytes }: Range): Target {
  const all = new Uint8Array(bytes);
  let used = 0;
  return {
    write: (records) => {
      all.set(records, used);
      used += records.length;
    },
    take: () => all,
  };
}

function onDisk(scratch: Scratch, { bytes, position }: Range, size: number): Target {
  let waiting: Uint8Array | null = null;
  let used = 0;
  let written = position;
  const flush = (records: Uint8Array): void => {
    scratch.write(records, written);
    written += records.length;
  };
  return {
    write: (records) => {
      waiting ??= new Uint8Array(size);
      if (used + records.length > size) {
        flush(waiting.subarray(0, used));
        used = 0;
      }
      if (records.length > size) flush(records);
      else {
        waiting.set(records, used);
        used += records.length;
      }
    },
    take: () => {
      if (waiting) flush(waiting.subarray(0, used));
      waiting = null;
      const all = new Uint8Array(bytes);
      scratch.read(all, position);
      return all;
    },
  };
}

/** Marks each record with its place, and puts it where its range goes; those that follow each other at once. */
function deal(spool: Spool, marks: Uint32Array, ranges: readonly Range[], targets: readonly Target[]): void {
  const rangeOf = new Uint32Array(marks.length);
  const rangeOfPlace = new Uint32Array(ranges.at(-1)?.last ?? 0);
  ranges.forEach(({ first, last }, n) => rangeOfPlace.fill(n, first, last));
  marks.forEach((mark, lead) => (rangeOf[lead] = rangeOfPlace[mark & 0x7fff_ffff] ?? 0));
  for (const piece of spool.pieces(lengthAt)) {
    const { words } = viewsOf(piece);
    let from = 0;
    let range = -1;
    const put = (to: number): void => {
      if (range >= 0 && to > from) targets[range]?.write(piece.subarray(from, to));
      from = to;
    };
    for (let offset = 0; offset < piece.length;) {
      const word = offset >> 2;
      const lead = words[word + WORDS.lead] as number;
      const next = lead === NOBODY ? -1 : (rangeOf[lead] as number);
      if (next !== range) {
        put(offset);
        range = next;
      }
      if (next >= 0) words[word + WORDS.lead] = marks[lead] as number;
      offset += filled(words[word + WORDS.length] as number);
    }
    put(piece.length);
  }
}
