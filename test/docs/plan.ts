import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { run, type Ran } from '../cli/run.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const BASE = join(ROOT, 'examples', 'threshold-70');

/** The change that docs/plan.md is about: each replaces its text in a file of examples/threshold-70. */
const CHANGES: readonly (readonly [file: string, from: string, to: string])[] = [
  [
    'scores/behaviour.yaml',
    '    distinct: webinar\n    points: 15\n    cap: 30\n',
    '    distinct: webinar\n    points: 20\n    cap: 40\n',
  ],
  [
    'scores/behaviour.yaml',
    '  newsletter:\n',
    '  trial:\n    why: They try it with work of their own.\n    when: { event: Trial Started }\n    once: true\n    points: 30\n  newsletter:\n',
  ],
  ['bands.yaml', 'hot: 70', 'hot: { enter: 65, leave: 60 }'],
];

/** The bundled sample, and outcomes that are made up: of those who asked for something most were won. */
function history(): string {
  const text = gunzipSync(readFileSync(join(ROOT, 'examples', 'events.ndjson.gz'))).toString();
  const asked = new Map<string, { at: number; serious: boolean }>();
  for (const line of text.trim().split('\n')) {
    const { userId, event, timestamp } = JSON.parse(line) as {
      userId?: string;
      event?: string;
      timestamp: string;
    };
    if (userId === undefined || event === undefined) continue;
    if (/^(Demo Booked|Trial Started|Contact Requested|Price Calculated|Webinar Attended)$/.test(event))
      asked.set(userId, {
        at: Date.parse(timestamp),
        serious: asked.get(userId)?.serious === true || /Demo|Trial|Contact/.test(event),
      });
  }
  const outcomes = [...asked]
    .filter(([, { at }]) => at < Date.UTC(2026, 9, 24))
    .map(([userId, { at, serious }], n) => ({
      type: 'track',
      event: (serious ? n % 4 > 0 : n % 6 === 0) ? 'deal.won' : 'deal.lost',
      userId,
      messageId: `outcome-${n}`,
      timestamp: new Date(at + (2 + (n % 5)) * 86_400_000).toISOString(),
    }));
  return text + outcomes.map((event) => `${JSON.stringify(event)}\n`).join('');
}

/** Runs the plan of docs/plan.md. */
export async function planOfDocs(format: string): Promise<Ran> {
  const dir = mkdtempSync(join(tmpdir(), 'kindling-docs-'));
  const was = process.cwd();
  try {
    cpSync(BASE, join(dir, 'rules'), { recursive: true });
    cpSync(BASE, join(dir, 'rules.next'), { recursive: true });
    for (const [file, from, to] of CHANGES) {
      const path = join(dir, 'rules.next', file);
      const text = readFileSync(path, 'utf8');
      if (!text.includes(from)) throw new Error(`${file} has changed: ${from}`);
      writeFileSync(path, text.replace(from, to));
    }
    writeFileSync(join(dir, 'history.ndjson'), history());
    process.chdir(dir);
    return await run([
      'plan', '--base', 'rules', '--head', 'rules.next', '--history', 'history.ndjson', '--at', '2026-10-31', '--format', format,
    ]); // prettier-ignore
  } finally {
    process.chdir(was);
    rmSync(dir, { recursive: true, force: true });
  }
}
