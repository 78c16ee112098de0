/** A step of the pipeline: tells a merge request what `kindling check` and `kindling plan` found. See `note.ts`. */
import { existsSync, readFileSync } from 'node:fs';

import { note } from './note.ts';

process.exitCode = await note({
  env: process.env,
  read: (file) => (existsSync(file) ? readFileSync(file, 'utf8') : null),
  out: (line) => void process.stdout.write(`${line}\n`),
});
