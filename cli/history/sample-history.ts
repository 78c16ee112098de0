import { join } from 'node:path';

import { readSample, shiftToEnd } from '../demo.ts';
import { type Io } from '../io.ts';
import { ROOT } from '../product.ts';
import { eventsHistory } from './events-history.ts';
import { type HistorySource } from './source.ts';

const SAMPLE = join(ROOT, 'examples', 'events.ndjson.gz');

/** The bundled sample, moved by whole days so that it ends at `at`, as the demo plays it. */
export async function sampleHistory(at: number, io: Io): Promise<HistorySource> {
  const source = await eventsHistory(SAMPLE, at, io, shiftToEnd(await readSample(SAMPLE), at));
  return {
    ...source,
    name: 'the bundled sample',
    note:
      'These are made-up leads: there is no history of your own here yet. ' +
      '`kindling history pull` fetches it, `--history FILE` takes a file of events.',
  };
}
