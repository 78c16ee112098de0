import * as z from 'zod/mini';

const Keys = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** The keys of a source, more than one while they are changed: `{"calendly": "…", "stripe": ["…", "…"]}`. */
export const keysOf = (secret: string, source: string): readonly string[] => {
  if (['', 'none', '{}'].includes(secret.trim().toLowerCase())) return [];
  let said: unknown;
  try {
    said = JSON.parse(secret);
  } catch {
    // Not with its cause, which might quote the secret into a log.
    throw new Error('the secret for sources is not JSON');
  }
  const keys = z.parse(Keys, said);
  return Object.hasOwn(keys, source) ? [keys[source] ?? []].flat() : [];
};
