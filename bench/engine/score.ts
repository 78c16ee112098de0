import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { eventsFile } from './file.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Runs `kindling score` over a gzipped file of events; seconds, and the highest resident memory in MB. */
async function scored(file: string): Promise<{ readonly seconds: number; readonly megabytes: number }> {
  const report = `process.on('exit',()=>process.stderr.write('PEAK '+process.resourceUsage().maxRSS+'\\n'))`;
  const start = performance.now();
  const child = spawn(
    process.execPath,
    [
      join(ROOT, 'bin/kindling.js'), 'score',
      '--rules', join(ROOT, 'rules'), '--events', file, '--at', '2026-10-31', '--json',
    ], // prettier-ignore
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(report)}` },
    },
  );
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  if (code !== 0) throw new Error(`kindling score ended with ${code}: ${said}`);
  const peaks = [...said.matchAll(/PEAK (\d+)/g)].map(([, kilobytes]) => Number(kilobytes));
  return { seconds: (performance.now() - start) / 1000, megabytes: Math.max(...peaks) / 1024 };
}

const end = (leads: number, events: number) => async (): Promise<Record<string, number>> => {
  const file = await eventsFile(leads, events);
  const { seconds, megabytes } = await scored(file);
  return {
    'events/s from gzip to scores (at least 250,000)': events / seconds,
    'its highest memory, MB (under 400)': megabytes,
  };
};

/** End to end over a fifth of the file; `score-all` takes the whole. */
export const score = end(20_000, 1_000_000);
export const scoreAll = end(100_000, 5_000_000);
