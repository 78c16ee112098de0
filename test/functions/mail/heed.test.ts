import type { SQSEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { suppressionHash } from '../../../core/nurture/suppression.ts';
import { heedingBounces } from '../../../functions/mail/heed.ts';
import { NOW } from '../nurture.ts';

const bounced = (email: string): object => ({
  source: 'aws.ses',
  detail: {
    eventType: 'Bounce',
    bounce: { bounceType: 'Permanent', bouncedRecipients: [{ emailAddress: email }] },
  },
});
/** Answers what was suppressed, what the scorer saw, and what comes back. */
const hear = async (
  ...bodies: (object | string)[]
): Promise<{ hashes: string[]; seen: number; back: string[] }> => {
  const hashes: string[] = [];
  let seen = 0;
  const handler = heedingBounces(
    (event) => {
      seen = event.Records.length;
      return Promise.resolve({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
    },
    {
      put: ({ hash }) => {
        if (hash === suppressionHash('down@example.com'))
          return Promise.reject(new Error('the table is away'));
        hashes.push(hash);
        return Promise.resolve(NOW);
      },
    },
    { now: () => NOW },
  );
  const Records = bodies.map((body, n) => ({
    messageId: `m${n}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }));
  const { batchItemFailures } = await handler({ Records } as unknown as SQSEvent, {} as never);
  return { hashes, seen, back: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
};

test('an address that bounced for good is suppressed, and the batch is scored all the same', async () => {
  expect(await hear({}, bounced('ann@example.com'), 'no JSON "aws.ses"')).toEqual({
    hashes: [suppressionHash('ann@example.com')],
    seen: 3,
    back: ['m0'],
  });
});

test('what another source says of a bounce suppresses nobody', async () => {
  expect((await hear({ ...bounced('ann@example.com'), source: 'my.app', name: 'aws.ses' })).hashes).toEqual(
    [],
  );
});

test('an address that could not be put away comes back', async () => {
  expect((await hear({}, bounced('down@example.com'))).back.toSorted()).toEqual(['m0', 'm1']);
});
