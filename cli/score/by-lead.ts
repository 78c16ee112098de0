import { leadAt, lengthAt } from './record.ts';
import { Scratch, type Spool } from './spool.ts';

/** All records of some leads that follow each other. */
export interface Part {
  readonly bytes: Buffer;
  /** Where each lead's records begin, in the order in which they came; by place in the order of leads. */
  readonly offsets: ReadonlyMap<number, readonly number[]>;
  readonly first: number;
  /** Not included. */
  readonly last: number;
}

/** Bytes that one part should have; a lead is never cut, so one that has more makes a larger part. */
const PART = 16 * 1024 * 1024;

interface Range {
  first: number;
  last: number;
  bytes: number;
  position: number;
}

/**
 * Records by lead: all of one lead together, leads in a given order. What fits into memory is sorted there; else the
 * records are first dealt out to parts of a scratch file, each small enough to be sorted in memory.
 * @param placeOf the place of a record's lead in that order
 * @param sizes bytes of records by place
 */
export function* byLead(
  spool: Spool,
  placeOf: (lead: number) => number,
  sizes: Float64Array,
): Generator<Part> {
  if (!spool.onDisk) {
    const bytes = Buffer.concat([...spool.pieces(lengthAt)]);
    yield { bytes, offsets: sorted(bytes, placeOf), first: 0, last: sizes.length };
    return;
  }
  const ranges = rangesOf(sizes);
  const scratch = new Scratch();
  try {
    deal(spool, placeOf, ranges, scratch, sizes.length);
    for (const { first, last, bytes: size, position } of ranges) {
      const bytes = Buffer.allocUnsafe(size);
      scratch.read(bytes, position);
      yield { bytes, offsets: sorted(bytes, placeOf), first, last };
    }
  } finally {
    scratch.close();
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

/** Bytes of all buffers together in which records wait to be written. */
const BUFFERS = 32 * 1024 * 1024;

function deal(
  spool: Spool,
  placeOf: (lead: number) => number,
  ranges: readonly Range[],
  scratch: Scratch,
  places: number,
): void {
  const rangeOf = new Uint32Array(places);
  ranges.forEach(({ first, last }, n) => rangeOf.fill(n, first, last));
  const size = Math.max(256, Math.min(1 << 18, Math.floor(BUFFERS / ranges.length)));
  const waiting = ranges.map(({ position }) => ({ buffer: Buffer.allocUnsafe(size), used: 0, position }));
  const flush = (one: (typeof waiting)[number]): void => {
    scratch.write(one.buffer.subarray(0, one.used), one.position);
    one.position += one.used;
    one.used = 0;
  };
  for (const piece of spool.pieces(lengthAt))
    for (let offset = 0; offset < piece.length;) {
      const length = lengthAt(piece, offset);
      const one = waiting[rangeOf[placeOf(leadAt(piece, offset))] ?? 0];
      if (!one) throw new RangeError('a record of no part');
      if (one.used + length > one.buffer.length) flush(one);
      if (length > one.buffer.length) {
        scratch.write(piece.subarray(offset, offset + length), one.position);
        one.position += length;
      } else {
        piece.copy(one.buffer, one.used, offset, offset + length);
        one.used += length;
      }
      offset += length;
    }
  waiting.forEach(flush);
}

function sorted(bytes: Buffer, placeOf: (lead: number) => number): Map<number, number[]> {
  const offsets = new Map<number, number[]>();
  for (let offset = 0; offset < bytes.length; offset += lengthAt(bytes, offset)) {
    const place = placeOf(leadAt(bytes, offset));
    const known = offsets.get(place);
    if (known) known.push(offset);
    else offsets.set(place, [offset]);
  }
  return offsets;
}
