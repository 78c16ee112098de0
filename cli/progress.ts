import { spinner } from '@clack/prompts';

import { type Io } from './io.ts';

/** One line that says what the command is doing; gone when it is done. */
export interface Progress {
  step(name: string): void;
  done(): void;
}

/** A moving line for people; a plain line a step for files and pipes, on standard error. */
export function steps(io: Io): Progress {
  if (!io.terminal) return { step: (name) => io.err(`${name} …\n`), done: () => undefined };
  let line: ReturnType<typeof spinner> | undefined;
  return {
    step(name) {
      if (line) line.message(name);
      else {
        line = spinner({ indicator: 'dots', withGuide: false });
        line.start(name);
      }
    },
    done() {
      line?.clear();
      line = undefined;
    },
  };
}
