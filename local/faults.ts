import { AwsError, type Invoke } from './service.ts';

/**
 * How a request to a service fails: `throttled` is told to slow down, and nothing was taken; `lost` is carried out, and
 * its answer never comes; `cut` never arrives.
 */
export const FAULTS = ['throttled', 'lost', 'cut'] as const;
export type Fault = (typeof FAULTS)[number];

/** Services that may fail, each with the words in which it says that it is asked too often. */
const TOO_OFTEN = {
  mail: ['Throttling', 'Maximum sending rate exceeded.'],
  dynamodb: ['ProvisionedThroughputExceededException', 'The level of configured throughput was exceeded.'],
  states: ['ThrottlingException', 'Rate exceeded'],
  bus: ['ThrottlingException', 'Rate exceeded'],
  lambda: ['Lambda.TooManyRequestsException', 'Rate Exceeded.'],
} as const;
export type Failing = keyof typeof TOO_OFTEN;

/** The connection ended without an answer. */
export class Dropped extends Error {
  override readonly name = 'Dropped';
}

/** The service was asked too often, and took nothing. */
class TooOften extends AwsError {}

/** Decides which requests fail; none do until somebody asks for it. */
export interface Faults {
  /** Carries a request to a service out, or lets it fail. */
  around<T>(service: Failing, request: () => Promise<T>): Promise<T>;
  /**
   * Lets so many of a service's requests fail from now on, shares of 1; what is not named fails no more.
   * @returns false for a service, a fault or a share that is none: then nothing changes
   */
  set(shares: unknown): boolean;
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isFault = ([name, share]: readonly [string, unknown]): boolean =>
  (FAULTS as readonly string[]).includes(name) && typeof share === 'number' && share >= 0 && share <= 1;

/** @param chance a number from 0 to below 1 */
export const createFaults = (chance: () => number = Math.random): Faults => {
  let shares: Readonly<Partial<Record<Failing, Readonly<Partial<Record<Fault, number>>>>>> = {};
  const next = (service: Failing): Fault | undefined => {
    const mine = shares[service];
    if (mine === undefined) return undefined;
    let at = chance();
    return FAULTS.find((fault) => (at -= mine[fault] ?? 0) < 0);
  };
  return {
    around: async (service, request) => {
      const fault = next(service);
      if (fault === 'throttled') {
        const [code, words] = TOO_OFTEN[service];
        throw new TooOften(code, words);
      }
      if (fault === 'cut') throw new Dropped();
      const answer = await request();
      if (fault === 'lost') throw new Dropped();
      return answer;
    },
    set: (asked) => {
      if (!isMapping(asked)) return false;
      for (const [service, faults] of Object.entries(asked))
        if (
          !Object.hasOwn(TOO_OFTEN, service) ||
          !isMapping(faults) ||
          !Object.entries(faults).every(isFault)
        )
          return false;
      shares = asked;
      return true;
    },
  };
};

/** Lambda, which is asked in this process, and says in an answer what went wrong. */
export const failingInvoke =
  (faults: Faults, invoke: Invoke): Invoke =>
  async (functionArn, event, as) => {
    try {
      return await faults.around('lambda', () => invoke(functionArn, event, as));
    } catch (error) {
      if (error instanceof TooOften) return { error: { errorType: error.code, errorMessage: error.message } };
      if (!(error instanceof Dropped)) throw error;
      return { error: { errorType: 'Lambda.SdkClientException', errorMessage: 'socket hang up' } };
    }
  };
