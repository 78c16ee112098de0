import { z } from 'zod';

import { TopicName } from './mail-settings.ts';

export { HANDOFF_EMAIL, MAIL_VARIABLES } from '../nurture/mail-names.ts';

/**
 * The front matter of `emails/<name>.mjml`: YAML between two `---` lines at the very top. Both are Liquid.
 * @example
 * ---
 * subject: "{{ lead.firstName | default: 'Hello' }}, try it for 30 days"
 * preheader: No card, no call.
 * ---
 */
export const EmailFront = z.strictObject({
  subject: z.string().min(1).max(200),
  /** What mailboxes show after the subject; the template places it: `<mj-preview>{{ preheader }}</mj-preview>`. */
  preheader: z.string().min(1).max(200).optional(),
  /** Of `topics` in settings.yaml: what people may call off by itself. Goes before the journey's. */
  topic: TopicName.optional(),
  /** `_<layout>.mjml` that the mail is put into; `_layout.mjml` where it is left out. */
  layout: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower case letters, digits and hyphens')
    .optional(),
});
export type EmailFront = z.infer<typeof EmailFront>;

/**
 * `Ruleset.emails[name]`, and of each variant `emails['name.sv']`: subject, preheader, html and text are Liquid; the MJML
 * is compiled, and the plain text made from it, when rules load.
 */
export const Email = z.strictObject({
  subject: z.string().min(1),
  preheader: z.string().optional(),
  html: z.string().min(1),
  text: z.string().min(1),
  topic: TopicName.optional(),
  /** The locales that the mail has variants for; of a variant there are none. */
  locales: z.array(z.string()).optional(),
});
export type Email = z.infer<typeof Email>;
