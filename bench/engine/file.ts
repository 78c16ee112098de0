import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import { storeOf } from './events.ts';

const BUILD = join(import.meta.dirname, '../../build/bench');

/** The benches' store as a gzipped file of Segment messages, sorted by lead; made once and kept under build/. */
export async function eventsFile(leads: number, events: number): Promise<string> {
  const file = join(BUILD, `events-${leads}-${events}.ndjson.gz`);
  if (existsSync(file)) return file;
  mkdirSync(BUILD, { recursive: true });
  const gzip = createGzip({ level: 1, chunkSize: 1 << 20 });
  const written = pipeline(gzip, createWriteStream(`${file}.part`));
  const { contents, at, content, starts } = storeOf(leads, events);
  const said = contents.map((one) =>
    one.type === 'track'
      ? `"type":"track","event":${JSON.stringify(one.name)},"properties":${JSON.stringify(one.properties)}`
      : one.type === 'identify'
        ? `"type":"identify","traits":${JSON.stringify(one.traits)}`
        : `"type":"page","properties":${JSON.stringify(one.properties)}`,
  );
  let text = '';
  for (let lead = 0; lead < leads; lead += 1) {
    const from = starts[lead] ?? 0;
    const to = starts[lead + 1] ?? 0;
    for (let row = from; row < to; row += 1)
      text += `{${said[content[row] ?? 0] ?? ''},"userId":"user-${lead}","anonymousId":"browser-${lead}","messageId":"message-${row}","timestamp":"${new Date(at[row] ?? 0).toISOString()}"}\n`;
    if (text.length < 1 << 20 && lead < leads - 1) continue;
    if (!gzip.write(text)) await once(gzip, 'drain');
    text = '';
  }
  gzip.end();
  await written;
  renameSync(`${file}.part`, file);
  return file;
}
