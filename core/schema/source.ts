import { z } from 'zod';

const Header = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the name of a header');

/** Products whose way of signing is known. */
const SCHEMES = [
  'calendly',
  'cal.com',
  'hubspot',
  'standard-webhooks',
  'stripe',
  'typeform',
  'hmac',
] as const;

/**
 * `sources/*.yaml`: webhooks of another product as messages.
 * @example
 * source: calendly
 * verify: { scheme: calendly }
 * map: 'event = "invitee.created" ? { "type": "track", "event": "Meeting Booked", "traits": { "email": payload.email } }'
 */
export const Source = z.strictObject({
  source: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and hyphens, at most 40')
    .describe('As its address calls it: `/hooks/<source>`; the name of this file.'),
  about: z.string().max(300).optional().describe('For people.'),
  verify: z
    .strictObject({
      scheme: z.enum(SCHEMES).describe('How the sender signs; `hmac` is the plain one.'),
      header: Header.optional().describe('Of `hmac`: where the signature stands.'),
      encoding: z.enum(['hex', 'base64']).optional().describe('Of `hmac`: how it is written.'),
      prefix: z
        .string()
        .min(1)
        .max(32)
        .optional()
        .describe('Of `hmac`: what stands before it, such as `sha256=`.'),
    })
    .refine(
      ({ scheme, header, encoding, prefix }) =>
        scheme === 'hmac'
          ? header !== undefined && encoding !== undefined
          : header === undefined && encoding === undefined && prefix === undefined,
      '`header`, `encoding` and `prefix` belong to `hmac`, which needs the first two',
    )
    .describe('How we know that it is them. The key is a secret, and is kept by the name of the source.'),
  map: z
    .string()
    .min(1)
    .max(20_000)
    .describe('JSONata: the message that a payload is, a list of messages, or nothing.'),
});
export type Source = z.infer<typeof Source>;

const Message = z.record(z.string(), z.unknown());

/** `sources/*.test.yaml`: recorded payloads, and the messages that they are. */
export const SourceTests = z
  .array(
    z.strictObject({
      name: z.string().min(1).describe('What is tested, for people.'),
      source: z.string().optional().describe('Which source; the one of the same name, where it is left out.'),
      payload: z.unknown().describe('As the other product sends it; JSON is YAML, too.'),
      expect: z
        .array(Message)
        .describe('The messages, in order; of each, what is named here must be so. `[]`: nothing.'),
    }),
  )
  .min(1);
export type SourceTests = z.infer<typeof SourceTests>;
