import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { holderOf } from '../local/folder.ts';
import { Refusal } from './io.ts';

/** Beside the state, the address of the product that runs on it. */
const fileOf = (data: string): string => join(data, 'address.json');

/** Notes where the product of a data folder answers, for commands that are given the folder. */
export function noteAddress(data: string, url: string): void {
  const file = fileOf(data);
  writeFileSync(`${file}.new`, JSON.stringify({ url, pid: process.pid }));
  renameSync(`${file}.new`, file);
}

/** Where the product runs whose state is in a folder. */
export function addressOf(data: string): string {
  if (!existsSync(join(data, 'kindling.json')))
    throw new Refusal(`${data} holds no state of a product; \`kindling start --data ${data}\` begins one`);
  const holder = holderOf(data);
  if (holder === null)
    throw new Refusal(`the product in ${data} is stopped; start it with \`kindling start --data ${data}\``);
  try {
    const { url, pid } = JSON.parse(readFileSync(fileOf(data), 'utf8')) as { url: string; pid: number };
    // What a product that ran before it has left says nothing.
    if (pid === holder) return url;
  } catch {
    // Not noted yet.
  }
  throw new Refusal(`the product in ${data} is still starting; try again in a moment`);
}
