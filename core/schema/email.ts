import { z } from 'zod';

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
});
export type EmailFront = z.infer<typeof EmailFront>;

/** `Ruleset.emails[name]`: all four are Liquid; the MJML is compiled, and the plain text made from it, when rules load. */
export const Email = z.strictObject({
  subject: z.string().min(1),
  preheader: z.string().optional(),
  html: z.string().min(1),
  text: z.string().min(1),
});
export type Email = z.infer<typeof Email>;
