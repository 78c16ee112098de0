import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { onTestFinished } from 'vitest';

/** A folder with these files, gone when the test ends. */
export function folder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const dir = mkdtempSync(join(tmpdir(), 'kindling-cli-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), content);
  }
  return dir;
}

/** Rules with round numbers. */
export const RULES = {
  'rules/scores/fit.yaml':
    'score: fit\nrules:\n  boss:\n    why: They decide.\n    when: { lead.title: CEO }\n    points: 30\n',
  'rules/scores/intent.yaml':
    'score: intent\nrules:\n' +
    '  demo:\n    why: They ask.\n    when: { event: Demo Booked }\n    points: 40\n    once: true\n    within: 30d\n' +
    '  pricing:\n    why: They count.\n    when: { event: page, path: /pricing }\n    points: 10\n    half_life: 10d\n',
  'rules/bands.yaml':
    'total: { sum: { fit: 1, intent: 1 } }\nbands: { cold: 0, warm: 20, hot: 70 }\nqualified: { band: [hot] }\n',
} as const;
