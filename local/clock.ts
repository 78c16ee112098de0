import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { type Clock } from './service.ts';

/** How time goes at first: by the machine's clock, or standing still at an instant (ms). */
export type ClockMode = { readonly mode: 'real' } | { readonly mode: 'virtual'; readonly at: number };

/** One line of fixed width, so that a write in place is never seen half done: mode and instant. */
const WIDTH = 32;
const line = (mode: string, at: number): string => `${mode} ${at}`.padEnd(WIDTH - 1) + '\n';

/** Opens the clock that a file keeps. Virtual time goes on from where the file stands; it never goes back, so a
 *  clock that already stands in the future cannot become real. */
export const openClock = (file: string, start: ClockMode): Clock & { readonly close: () => void } => {
  let kept = { mode: '', at: Number.NEGATIVE_INFINITY };
  try {
    const text = readFileSync(file, 'utf8');
    // Empty: whoever made it died before the first line.
    if (text !== '') {
      const [, mode = '', at = ''] = /^(real|virtual) (-?\d+) *\n$/.exec(text) ?? [];
      if (mode === '' || text.length !== WIDTH) throw new Error(`${file} is damaged.`);
      kept = { mode, at: Number(at) };
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
  if (start.mode === 'real' && kept.at > Date.now()) {
    throw new Error(
      `The data folder's clock stands at ${new Date(kept.at).toISOString()}, after the machine's; go on with a virtual clock.`,
    );
  }
  const handle = openSync(file, kept.mode === '' ? 'w+' : 'r+');
  let virtual = start.mode === 'virtual';
  let at = start.mode === 'virtual' ? Math.max(start.at, kept.at) : Date.now();
  const keep = (): void => {
    writeSync(handle, line(virtual ? 'virtual' : 'real', at), 0);
  };
  keep();
  return {
    now: () => (virtual ? at : Date.now()),
    get virtual() {
      return virtual;
    },
    set: (next) => {
      if (!virtual) throw new Error('Only a virtual clock can be set.');
      if (next < at) throw new Error('Time does not go back.');
      at = next;
      keep();
    },
    goReal: () => {
      if (!virtual) return;
      if (at > Date.now()) throw new Error('Virtual time is ahead of the real one.');
      virtual = false;
      at = Date.now();
      keep();
    },
    close: () => closeSync(handle),
  };
};
