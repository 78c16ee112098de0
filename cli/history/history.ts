import { join } from 'node:path';

import { defineCommand } from 'citty';

import { nearest } from '../../core/nearest.ts';
import { type Io, Refusal } from '../io.ts';
import { steps } from '../progress.ts';
import { type PullOptions, pullAll, sumOf } from './pull.ts';
import { refresh } from './refresh.ts';
import { openStore } from './store.ts';
import { type Asked, openTable } from './table.ts';

/** Where a pulled history lies, where nothing else is said. */
export const HISTORY = join('.kindling', 'history');

const number = (value: number): string => value.toLocaleString('en');

export const history = defineCommand({
  meta: {
    name: 'history',
    description: 'Fetch what leads did from the table, to plan with: kindling history pull',
  },
  args: {
    action: { type: 'positional', required: true, description: 'pull' },
    table: {
      type: 'string',
      valueHint: 'NAME',
      description: 'A table of the AWS account that you are signed in to',
    },
    data: {
      type: 'string',
      default: '.kindling',
      valueHint: 'DIR',
      description: 'Else the state of a local product',
    },
    url: { type: 'string', valueHint: 'URL', description: 'Or where a local product runs' },
    into: { type: 'string', default: HISTORY, valueHint: 'DIR', description: 'Where to keep it' },
    sample: {
      type: 'string',
      default: '100%',
      valueHint: '10%',
      description: 'Only so many of the leads, always the same',
    },
    segments: {
      type: 'string',
      default: '4',
      valueHint: 'N',
      description: 'Parts of the table that are read at once',
    },
    fresh: { type: 'boolean', default: false, description: 'Read all of it again' },
  },
  run: async ({ args, data }) => {
    const { action, table, url, into, fresh } = args;
    if (action !== 'pull') {
      const meant = nearest(action, ['pull']);
      throw new Refusal(
        `history knows only "pull"${meant ? '' : `, not "${action}"`}: kindling history pull`,
      );
    }
    const options = { into, sample: shareOf(args.sample), segments: segmentsOf(args.segments), fresh };
    await pullHistory({ table, url, data: args.data }, options, data as Io);
    return 0;
  },
});

/** Fetches a history, or what has changed of it, and says what it did. */
export async function pullHistory(
  asked: Asked,
  options: { into: string; sample: number; segments: number; fresh: boolean },
  io: Io,
): Promise<void> {
  const { reader, label, close } = await openTable(asked);
  const progress = steps(io);
  try {
    const store = openStore(options.into);
    const manifest = options.fresh ? null : await store.manifest();
    const pull: PullOptions = {
      origin: { table: label, sample: options.sample },
      segments: options.segments,
      now: io.now(),
      signal: io.interrupted,
      report: (leads, rows) =>
        progress.step(
          `Reading ${label}: ${number(leads)} leads${rows > 0 ? `, ${number(rows)} events` : ''}`,
        ),
    };
    progress.step(`Reading ${label}`);
    const isSame = manifest?.origin.table === label && manifest.origin.sample === options.sample;
    const isUnderWay = (await store.progress()) !== null;
    const refreshed = manifest && isSame && !isUnderWay ? await refresh(reader, store, manifest, pull) : null;
    if (!refreshed) await pullAll(reader, store, pull);
    progress.done();
    const { chunks } = (await store.manifest()) ?? { chunks: [] };
    if (refreshed) {
      const { changed, gone, leads } = refreshed;
      io.out(`${options.into}: ${number(leads)} leads; ${number(changed)} read anew, ${number(gone)} gone\n`);
      return;
    }
    const bytes = (sumOf(chunks, 'bytes') / 2 ** 20).toFixed(1);
    io.out(
      `${options.into}: ${number(sumOf(chunks, 'leads'))} leads and ${number(sumOf(chunks, 'rows'))} events of ${label}, ${bytes} MB\n`,
    );
  } catch (error) {
    if (!io.interrupted.aborted) throw error;
    throw new Refusal('stopped; the next `kindling history pull` goes on from here', { cause: error });
  } finally {
    progress.done();
    await close();
  }
}

function shareOf(text: string): number {
  const share = /^\d+(\.\d+)?%$/.test(text) ? Number(text.slice(0, -1)) / 100 : Number.NaN;
  if (!(share > 0 && share <= 1)) throw new Refusal(`"${text}" is no share of leads; write it as 10%`);
  return share;
}

function segmentsOf(text: string): number {
  const segments = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (segments < 1 || segments > 256)
    throw new Refusal(`"${text}" is no number of segments; give one from 1 to 256`);
  return segments;
}
