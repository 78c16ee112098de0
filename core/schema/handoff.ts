import { z } from 'zod';

const Person = z.strictObject({
  name: z.string().min(1).max(100),
  email: z.email(),
});
const Scalar = z.union([z.string(), z.number(), z.boolean()]);

/**
 * `handoff.yaml`: who gets a qualified lead.
 * @example
 * again_after: 30d
 * owners:
 *   - { when: { account.country: [SE, NO, DK, FI] }, name: Sofia Lind, email: sofia@example.com }
 * default: { name: Sales, email: sales@example.com }
 */
export const Handoff = z.strictObject({
  /** No new handoff within this time of the last one. */
  again_after: z
    .string()
    .regex(/^[1-9]\d*[mhdw]$/, 'must be a duration such as 15m, 12h, 30d or 2w')
    .optional(),
  /** Tried in order: the first whose attribute tests all hold. */
  owners: z
    .array(
      Person.extend({
        when: z.record(
          z.string().regex(/^(lead|account)\../, 'must begin with `lead.` or `account.`'),
          z.union([Scalar, z.array(Scalar).min(1)]),
        ),
      }),
    )
    .optional(),
  default: Person,
});
export type Handoff = z.infer<typeof Handoff>;
export type Owner = z.infer<typeof Person>;

/** Keys that the language knows and this version does not carry out. */
export const HANDOFF_NOT_YET = [
  'teams',
  'round_robin',
  'within',
  'remind',
  'manager',
  'webhook',
  'teams_webhook',
  'slack',
  'hours',
];
