import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

const nothing = (): void => {};

/**
 * How this product's functions call AWS many times a request: the way of a command through the SDK is made once, not
 * with each call; and since nobody hears of each call, nothing is made ready to be logged (the SDK does that wherever
 * `info` is there).
 */
export const OFTEN = {
  cacheMiddleware: true,
  logger: { trace: nothing, debug: nothing, warn: nothing } as unknown as NonNullable<
    DynamoDBClientConfig['logger']
  >,
} as const;
