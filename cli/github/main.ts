/** A step of the workflow: tells a pull request what `kindling check` and `kindling plan` found. See `report.ts`. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

import { report } from './report.ts';

process.exitCode = await report({
  env: process.env,
  read: (file) => (file !== '' && existsSync(file) ? readFileSync(file, 'utf8') : null),
  append: (file, text) => appendFileSync(file, text),
  out: (line) => void process.stdout.write(`${line}\n`),
});
