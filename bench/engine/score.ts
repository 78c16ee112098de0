import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { eventsFile } from './file.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Reports what a process took when it ends. */
const REPORT = `process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  process.stderr.write('USED ' + maxRSS + ' ' + (userCPUTime + systemCPUTime) + '\\n');
})`;

interface Scored {
  readonly seconds: number;
  /** Of all cores together. */
  readonly cpuSeconds: number;
  /** The highest resident memory. */
  readonly megabytes: number;
  readonly leads: number;
}

/** Runs `kindling score` over a gzipped file of events. */
async function scored(file: string): Promise<Scored> {
  const start = performance.now();
  const child = spawn(
    process.execPath,
    [
      join(ROOT, 'bin/kindling.js'), 'score',
      '--rules', join(ROOT, 'rules'), '--events', file, '--at', '2026-10-31', '--json',
    ], // prettier-ignore
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(REPORT)}` },
    },
  );
  let said = '';
  let leads = 0;
  child.stdout.on('data', (bytes: Buffer) => {
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) leads += 1;
  });
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`kindling score ended with ${code}: ${said}`);
  const used = [...said.matchAll(/USED (\d+) (\d+)/g)];
  const most = (n: number): number => Math.max(...used.map((each) => Number(each[n])));
  return {
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: most(2) / 1e6,
    megabytes: most(1) / 1024,
    leads,
  };
}

const end = (leads: number, events: number) => async (): Promise<Record<string, number>> => {
  const file = await eventsFile(leads, events);
  const { seconds, cpuSeconds, megabytes } = await scored(file);
  const size = `${events / 1e6}M events`;
  return {
    [`events/s from gzip to scores, ${size} (at least 250,000)`]: events / seconds,
    [`its highest memory, ${size}, MB (under 400)`]: megabytes,
    'microseconds of all cores for an event': (cpuSeconds / events) * 1e6,
  };
};

/** End to end over a fifth of the file; `score-all` takes the whole. */
export const score = end(20_000, 1_000_000);
export const scoreAll = end(100_000, 5_000_000);

/** The bundled sample, as a newcomer scores it. */
export async function sample(): Promise<Record<string, number>> {
  const { seconds, leads } = await scored(join(ROOT, 'examples/events.ndjson.gz'));
  return { 'leads of the bundled sample': leads, 'seconds to score them, start included': seconds };
}
