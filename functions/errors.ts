/** The request cannot be right, whoever sends it again: 400. */
export class Invalid extends Error {
  override readonly name = 'Invalid';
}

/** What was asked for does not exist: 404. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/** It existed, and was erased: 410. */
export class Gone extends Error {
  override readonly name = 'Gone';
}

/** Someone else was first; the same request may succeed when tried again: 409. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
}

/** A service that we rely on failed or refused; worth trying again: 502. */
export class Upstream extends Error {
  override readonly name = 'Upstream';
}

/** What HTTP says to an expected error; anything else is a bug, 500, without details outside. */
export const statusOf = (error: unknown): number => {
  if (error instanceof Invalid) return 400;
  if (error instanceof NotFound) return 404;
  if (error instanceof Gone) return 410;
  if (error instanceof Conflict) return 409;
  if (error instanceof Upstream) return 502;
  return 500;
};
