import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeStore } from './store.ts';

/** What a measurement in a process of its own says. */
interface Measured {
  /** Processor time of the thread that does the work: what one waits for where nothing else runs. */
  readonly ms: number;
  /** The same with the threads that compile and collect beside it. */
  readonly allMs: number;
  readonly peakMb: number;
}

const measured = (dir: string, what: 'fold' | 'all' | 'few'): Promise<Measured> =>
  new Promise((done, fail) => {
    const script = join(import.meta.dirname, 'measure.ts');
    execFile(process.execPath, ['--no-warnings', script, dir, what], (error, stdout, stderr) => {
      if (error) fail(new Error(stderr, { cause: error }));
      else done(JSON.parse(stdout) as Measured);
    });
  });

const LEADS = Number(process.env['BENCH_PLAN_LEADS'] ?? 20_000);
const EVENTS_A_LEAD = 50;

/**
 * Plans over a pulled history, sixty rules old and new, and what they cost beside one fold over it.
 * `BENCH_PLAN_LEADS=100000` is five million events, which takes some minutes.
 */
export async function plan(): Promise<Record<string, number>> {
  const dir = await mkdtemp(join(tmpdir(), 'kindling-bench-'));
  try {
    const [large, small] = [join(dir, 'large'), join(dir, 'small')];
    await writeStore(large, LEADS, LEADS * EVENTS_A_LEAD);
    await writeStore(small, LEADS / 10, (LEADS / 10) * EVENTS_A_LEAD);
    const fold = await measured(large, 'fold');
    const all = await measured(large, 'all');
    const few = await measured(large, 'few');
    const tenth = await measured(small, 'all');
    const size = `${(LEADS * EVENTS_A_LEAD) / 1e6}M events`;
    return {
      leads: LEADS,
      events: LEADS * EVENTS_A_LEAD,
      'seconds of all threads: one fold': fold.allMs / 1000,
      'seconds of all threads: all of 60 rules changed': all.allMs / 1000,
      'seconds of all threads: 5 of 60 rules changed': few.allMs / 1000,
      'seconds of one fold': fold.ms / 1000,
      'seconds of a plan, all of 60 rules changed': all.ms / 1000,
      'seconds of a plan, 5 of 60 rules changed': few.ms / 1000,
      [`plan to fold, ${size} (at most 2.5)`]: all.ms / fold.ms,
      [`5 rules to all, ${size} (at most 0.5)`]: few.ms / all.ms,
      [`10 times the leads, ${size} (at most 11 times)`]: all.ms / tenth.ms,
      [`peak memory of a plan, ${size}, MB (below 600)`]: Math.max(all.peakMb, few.peakMb),
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
