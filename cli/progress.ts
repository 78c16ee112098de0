import { type Io, styled } from './io.ts';

/** One line that says what the command is doing; gone when it is done. */
export interface Progress {
  step(name: string): void;
  done(): void;
}

const CLEAR = '\r\u001b[2K';

/** A line that changes for people; a plain line a step for files and pipes. Both on standard error. */
export function steps(io: Io): Progress {
  let shown = '';
  return {
    step(name) {
      if (name === shown) return;
      io.err(io.terminal ? `${CLEAR}${styled(io, 'cyan', '◆')} ${name} …` : `${name} …\n`);
      shown = name;
    },
    done() {
      if (io.terminal && shown !== '') io.err(CLEAR);
      shown = '';
    },
  };
}
