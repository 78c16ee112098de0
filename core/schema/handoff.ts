import { z } from 'zod';
import { AttributeCondition } from './condition.ts';
import { Duration } from './scalar.ts';

const Person = z.strictObject({
  name: z.string().min(1).max(100).describe('As the mail greets them.'),
  email: z.email().describe('Where the mail goes.'),
});

/**
 * `handoff.yaml`: who gets a qualified lead.
 * @example
 * again_after: 30d
 * owners:
 *   - { when: { account.country: [SE, NO, DK, FI] }, name: Sofia Lind, email: sofia@example.com }
 * default: { name: Sales, email: sales@example.com }
 */
export const Handoff = z.strictObject({
  again_after: Duration.optional().describe('No new handoff within this time of the last one.'),
  owners: z
    .array(
      Person.extend({
        when: AttributeCondition.describe('Attributes that must all hold: `{ lead.country: [DK, SE] }`.'),
      }),
    )
    .optional()
    .describe('Tried in order: the first whose tests all hold gets the lead.'),
  default: Person.describe('Who gets all other leads.'),
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
