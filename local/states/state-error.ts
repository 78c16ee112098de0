/** What a state fails with: an error name that Retry and Catch match, and a cause for people. */
export class StateError extends Error {
  readonly error: string;
  constructor(error: string, cause: string) {
    super(cause);
    this.name = error;
    this.error = error;
  }
}

/** Whether a retrier or catcher with these names takes an error. */
export const takes = (errorEquals: readonly string[], error: string): boolean =>
  errorEquals.some((name) => {
    if (name === 'States.ALL') return error !== 'States.DataLimitExceeded' && error !== 'States.Runtime';
    if (name === 'States.TaskFailed') return error !== 'States.Timeout' && error !== 'States.Runtime';
    return name === error;
  });
