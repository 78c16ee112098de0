import { type Service } from './service.ts';

/** A service that has not ended by then is left behind, ms: what it acknowledged is on disk. */
const STOP_MS = 1_500;

export type Ending = ReturnType<typeof createEnding>;

/** Ends what was started in reverse order; all of it takes `STOP_MS` at most. */
export const createEnding = () => {
  const steps: (() => void | Promise<void>)[] = [];
  return {
    add: (step: () => void | Promise<void>): void => void steps.push(step),
    service: <T extends Service>(service: T): T => {
      steps.push(() => service.stop());
      return service;
    },
    run: async (log: (line: string) => void): Promise<void> => {
      const late = new Promise((done) => setTimeout(done, STOP_MS).unref());
      for (const step of steps.reverse().splice(0)) {
        try {
          await Promise.race([step(), late]);
        } catch (error) {
          log(`stopping: ${String(error)}`);
        }
      }
    },
  };
};
