import type { Posted } from './post.ts';
import type { Settled } from '../mail/claims.ts';

/**
 * What an answer means for the message: taken, refused for good, asked to come back later, or unknown, which is never
 * sent again by itself.
 * @param failedIsNo whether a 5xx says that nothing was taken: where the receiver knows a message again by its id
 */
export const settledBy = (posted: Posted, failedIsNo: boolean): Settled => {
  if ('refused' in posted) return { outcome: 'refused', reason: posted.refused };
  if ('unreachable' in posted) return { outcome: 'throttled', reason: posted.unreachable };
  if ('unknown' in posted) return { outcome: 'unknown', reason: posted.unknown };
  const { status } = posted;
  const reason = `status ${status}`;
  if (status >= 200 && status < 300) return { outcome: 'sent' };
  if (status === 429) return { outcome: 'throttled', reason };
  if (status >= 500) return { outcome: failedIsNo ? 'throttled' : 'unknown', reason };
  return { outcome: 'refused', reason };
};
