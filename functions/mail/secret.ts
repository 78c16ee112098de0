import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** How long a secret that was changed may still be used, ms. */
const CACHE_LIFE = 300_000;

/** The text of a secret, read again every five minutes. @param now UTC milliseconds */
export const secretText = (
  client: SecretsManagerClient,
  id: string,
  now: () => number,
): (() => Promise<string>) => {
  let cached: { text: string; readAt: number } | null = null;
  return async () => {
    // The clock may be set back (a virtual one is): then the cache is of no known age.
    if (cached !== null && Math.abs(now() - cached.readAt) < CACHE_LIFE) return cached.text;
    const readAt = now();
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    cached = { text: SecretString ?? '', readAt };
    return cached.text;
  };
};
