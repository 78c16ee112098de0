import { type Thread } from './execution.ts';
import { type Catcher, type Retrier } from './failing.ts';
import { type State } from './machine.ts';
import { takes, type StateError } from './state-error.ts';

/** When the state is tried again, null for not: the first retrier that takes the error decides. */
export const nextTry = (state: State, thread: Thread, { error }: StateError, now: number): number | null => {
  if (!('retry' in state)) return null;
  const at = state.retry.findIndex(({ errorEquals }) => takes(errorEquals, error));
  if (at < 0) return null;
  const retrier = state.retry[at]!;
  thread.tries ??= state.retry.map(() => 0);
  const tries = thread.tries[at]!;
  if (tries >= retrier.maxAttempts) return null;
  thread.tries[at] = tries + 1;
  return now + delayMs(retrier, tries);
};

const delayMs = (retrier: Retrier, tries: number): number => {
  const seconds = Math.min(retrier.intervalSeconds * retrier.backoffRate ** tries, retrier.maxDelaySeconds);
  return Math.round(1_000 * seconds * (retrier.jitter ? Math.random() : 1));
};

/** The first catcher that takes the error. */
export const catcherFor = (state: State, { error }: StateError): Catcher | undefined =>
  'catch' in state ? state.catch.find(({ errorEquals }) => takes(errorEquals, error)) : undefined;
