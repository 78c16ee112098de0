import * as z from 'zod/mini';

const Url = z.string();
const Slack = z.object({
  url: z.optional(Url),
  signing_secret: z.optional(z.string()),
  channels: z._default(z.record(z.string(), Url), {}),
});
const Teams = z.record(z.string(), Url);
const Webhooks = z.record(z.string(), z.object({ url: Url, secret: z.string() }));

/** Where and how a CRM is told. */
export interface WebhookAddress {
  readonly url: string;
  /** `whsec_…`: base64 after the prefix. */
  readonly secret: string;
}

export interface SlackAccess {
  /** The address of a channel; of the default one for null or a name of which nothing is known. */
  channel(name: string | null): string | null;
  /** By which Slack signs what it sends us; null: its buttons cannot be heard. */
  readonly signingSecret: string | null;
}

/** What a secret holds before anybody has filled it in. */
const isEmpty = (text: string): boolean => ['', 'none', '{}'].includes(text.trim().toLowerCase());
const web = (text: string | undefined): string | null =>
  text !== undefined && /^https?:\/\//.test(text.trim()) ? text.trim() : null;
const parsed = <T>(schema: z.ZodMiniType<T>, text: string, what: string): T => {
  try {
    return z.parse(schema, JSON.parse(text));
  } catch {
    // Not with its cause, which might quote the secret into a log.
    throw new Error(`the secret for ${what} is not what docs/operations.md describes`);
  }
};
const own = <T>(values: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(values, name) ? values[name] : Object.hasOwn(values, '*') ? values['*'] : undefined;

/** Slack's: the address of one webhook, or `{"url", "signing_secret", "channels": {name: url}}`. */
export const slackAccess = (text: string): SlackAccess => {
  const trimmed = text.trim();
  if (isEmpty(trimmed)) return { channel: () => null, signingSecret: null };
  if (!trimmed.startsWith('{')) return { channel: () => web(trimmed), signingSecret: null };
  const { url, channels, signing_secret: signing } = parsed(Slack, trimmed, 'Slack');
  return {
    channel: (name) => web(name === null ? url : (own(channels, name) ?? url)),
    signingSecret: signing === undefined || signing === '' ? null : signing,
  };
};

/** The Workflows address of a Teams channel: `{name: url}`; `*` stands for every other name. */
export const teamsAddress = (text: string, name: string): string | null =>
  isEmpty(text) ? null : web(own(parsed(Teams, text, 'Microsoft Teams'), name));

/** A webhook's: `{name: {"url", "secret"}}`; `*` stands for every other name. */
export const webhookAddress = (text: string, name: string): WebhookAddress | null => {
  if (isEmpty(text)) return null;
  const found = own(parsed(Webhooks, text, 'webhooks'), name);
  const url = web(found?.url);
  return found === undefined || url === null ? null : { url, secret: found.secret };
};
