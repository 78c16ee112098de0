import type { HttpHandler } from '../http.ts';
import { json } from '../http.ts';
import { log } from '../log.ts';

/** What is left of a function's time when it gives up and says so, ms. */
const RESERVE = 700;

/**
 * Answers 503 with Retry-After where a handler fails or its time runs out, so that clients send again: to a 500 some of
 * them throw their events away. Sending again costs nothing, since message ids tell what was taken.
 */
export const orAgain =
  (handler: HttpHandler): HttpHandler =>
  async (event, context) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), Math.max(0, context.getRemainingTimeInMillis() - RESERVE));
    });
    try {
      const answer = await Promise.race([handler(event, context), late]);
      if (answer === null) log.error('no time is left', { path: event.rawPath });
      if (answer !== null && (answer.statusCode ?? 500) < 500) return answer;
      const { status, headers, body } = json(503, { error: 'try again' }, { 'retry-after': '1' });
      // whatever was said for browsers stays
      return { statusCode: status, headers: { ...answer?.headers, ...headers }, body };
    } finally {
      clearTimeout(timer);
    }
  };
