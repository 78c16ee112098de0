import * as z from 'zod/mini';

const text = z.string().check(z.minLength(1));
const count = z.pipe(z.string().check(z.regex(/^[1-9]\d*$/)), z.transform(Number));

/** Every variable that a function of this product may be given; each function names those it reads. */
const variables = {
  TABLE_NAME: text,
  BUS_NAME: text,
  /** ARN of the secret that holds `{"browser":"…","server":"…"}`. */
  INGEST_KEYS_SECRET: text,
  /** ARN of the secret that signs preference and unsubscribe links. */
  LINK_SECRET: text,
  /** ARN of the secret that holds where and how Slack is spoken to. */
  SLACK_SECRET: text,
  /** ARN of the secret that holds the addresses of Teams channels. */
  TEAMS_SECRET: text,
  /** ARN of the secret that holds the keys of sources. */
  SOURCES_SECRET: text,
  /** ARN of the secret that holds the addresses and keys of webhooks. */
  WEBHOOKS_SECRET: text,
  /** Which addresses inside may be posted to: none, or this machine's own, where sinks stand in for others. */
  PRIVATE_ADDRESSES: z._default(z.enum(['refused', 'loopback']), 'refused'),
  /** `*`, or origins with commas between; a `*` in a host name stands for one label. */
  ALLOWED_ORIGINS: z._default(text, '*'),
  /** How many messages a second one key may send before it is asked to wait. */
  EVENTS_PER_SECOND: z._default(count, 1000),
  DUE_SHARDS: count,
  BAND_SHARDS: count,
  HANDOFF_MACHINE: text,
  DECISION_MACHINE: text,
  MORNING_MACHINE: text,
  /** ARN of the state machine that brings leads to another ruleset. */
  RESCORE_MACHINE: text,
  /** Into how many segments it divides them. */
  RESCORE_SEGMENTS: count,
  /** How many leads of one segment it may take a second. */
  RESCORE_PER_SECOND: count,
  /** The address people reach this product at, without a slash at the end. */
  PUBLIC_URL: text,
  CONFIGURATION_SET: text,
  /** Who signs the console's tokens. */
  ISSUER: text,
  CLIENT_ID: text,
} as const;

type Variables = typeof variables;

/** The named variables, parsed; every problem is told at once. Call it once, where a function is put together. */
export const readEnv = <const K extends keyof Variables>(
  names: readonly K[],
  source: Readonly<Record<string, string | undefined>> = process.env,
): { readonly [P in K]: z.output<Variables[P]> } => {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const parsed = z.safeParse(variables[name], source[name]);
    if (parsed.success) values[name] = parsed.data;
    else
      problems.push(
        `${name}: ${source[name] === undefined ? 'is not set' : (parsed.error.issues[0]?.message ?? 'is malformed')}`,
      );
  }
  if (problems.length > 0) throw new Error(`The environment is wrong. ${problems.join('; ')}`);
  return values as { readonly [P in K]: z.output<Variables[P]> };
};
