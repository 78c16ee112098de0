import { createGunzip } from 'node:zlib';

/** Bytes that are unzipped at once: whatever they were packed from, that fits into memory. */
const PIECE = 32 * 1024;

/**
 * What may be gzipped, told by its first bytes, as it was before. It is unzipped on another core, one piece ahead of
 * whoever reads. Where it is cut off, all that came before is given first; where it is damaged, most of it.
 */
export async function* unzipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = bytes[Symbol.asyncIterator]();
  try {
    let start: Uint8Array = new Uint8Array(0);
    while (start.length < 2) {
      const next = await chunks.next();
      if (next.done) break;
      start = start.length === 0 ? next.value : Buffer.concat([start, next.value]);
    }
    const whole = (async function* (): AsyncGenerator<Uint8Array> {
      yield start;
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
    })();
    yield* start[0] === 0x1f && start[1] === 0x8b ? gunzipped(whole) : whole;
  } finally {
    await chunks.return?.();
  }
}

async function* gunzipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  let text: Uint8Array[] = [];
  let fault: Error | undefined;
  gunzip.on('data', (piece: Uint8Array) => text.push(piece));
  const failing = new Promise<void>((done) => {
    gunzip.on('error', (error) => {
      fault = error;
      done();
    });
  });
  const taken = (): Uint8Array[] => {
    const given = text;
    text = [];
    return given;
  };
  try {
    let work = Promise.resolve();
    for await (const piece of pieces(bytes)) {
      await work;
      const given = taken();
      if (fault) break;
      // A write that fails is never called back.
      work = Promise.race([failing, new Promise<void>((done) => gunzip.write(piece, () => done()))]);
      yield* given;
    }
    await work;
    yield* taken();
    if (!fault) {
      const ended = new Promise<void>((done) => gunzip.once('end', done));
      gunzip.end();
      await Promise.race([failing, ended]);
    }
    yield* taken();
    if (fault) throw fault;
  } finally {
    gunzip.destroy();
  }
}

async function* pieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes)
    for (let from = 0; from < chunk.length; from += PIECE) yield chunk.subarray(from, from + PIECE);
}
