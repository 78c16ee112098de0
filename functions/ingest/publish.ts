import { log } from '../log.ts';
import { type BusEntry, requestsOf } from './pack.ts';

/** Where accepted messages go. */
export interface Bus {
  /** At most 10 entries and 256 kB; tells of each entry whether it was taken. */
  put(entries: readonly BusEntry[]): Promise<readonly boolean[]>;
}

/** Pauses before each further try, milliseconds; jittered, so that instances do not try in step. */
const PAUSES = [50, 200, 800];

/** Puts all entries on the bus, those that failed again; whether it has them all in the end. */
export const publish = async (
  bus: Bus,
  entries: readonly BusEntry[],
  pause: (ms: number) => Promise<void>,
): Promise<boolean> => {
  let left = entries;
  for (const wait of [...PAUSES, null]) {
    left = (await Promise.all(requestsOf(left).map((request) => refusedOf(bus, request)))).flat();
    if (left.length === 0) return true;
    if (wait !== null) await pause(wait);
  }
  return false;
};

const refusedOf = async (bus: Bus, request: readonly BusEntry[]): Promise<readonly BusEntry[]> => {
  try {
    const taken = await bus.put(request);
    return request.filter((_, index) => taken[index] !== true);
  } catch (error) {
    log.warn('the bus did not answer', { entries: request.length, error: error as Error });
    return request;
  }
};
