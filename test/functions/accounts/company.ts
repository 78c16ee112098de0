import type { Context, SQSEvent } from 'aws-lambda';
import type { Message } from '../../../core/message/message.ts';
import type { Ruleset } from '../../../core/ruleset.ts';
import type { BandSteps } from '../../../core/schema/bands.ts';
import { createAccounts } from '../../../functions/accounts/handle.ts';
import { createDegrade, type Degraded } from '../../../functions/scoring/degrade-leads.ts';
import { message, type Product, ruleset } from '../scoring/product.ts';

/** Pages 10 that fade, a form 40, `Tried` 12 for its product; an account surges at 60 until below 30. */
export const rules: Ruleset = {
  ...ruleset,
  scores: {
    ...ruleset.scores,
    product: {
      score: 'product',
      by: 'product',
      rules: { tried: { why: 'Hands on.', when: { event: 'Tried' }, points: 12 } },
    },
  },
  accounts: {
    account: {
      rollup: {
        engagement: { sum: 'engagement', best: 3 },
        fit: { max: 'fit' },
        product: { sum: 'product' },
      },
      bands: { of: 'engagement', quiet: 0, surging: { enter: 60, leave: 30 } } as unknown as BandSteps,
      qualified: { band: 'surging', people: 2 },
    },
  },
};

/** A person of a company: what they are, and that they looked so many times. */
export const visit = (
  userId: string,
  company: string,
  times: number,
  at: number,
  traits: object = {},
): readonly Message[] => [
  message({ type: 'identify', userId, traits: { email: `${userId}@${company}`, ...traits } }, at),
  ...looks(userId, times, at),
];
export const looks = (userId: string, times: number, at: number): readonly Message[] =>
  Array.from({ length: times }, () => message({ userId, properties: { path: '/pricing' } }, at));

/** Carries out what was asked for, as the queue does when it has held it back; answers the records that failed. */
export const addUp = async (product: Product): Promise<readonly string[]> => {
  const Records = product.asked.splice(0).map((detail, index) => ({
    messageId: `r${index}`,
    body: JSON.stringify({ detail }),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: '0' },
  }));
  const answer = await createAccounts(product)({ Records } as unknown as SQSEvent, {} as Context);
  return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};

export const degrade = (product: Product): Promise<Degraded> =>
  createDegrade(product)({}, { getRemainingTimeInMillis: () => 60_000 } as Context);
