import { z } from 'zod';

import { EventReference } from './condition.ts';
import { ConsentRule, MailLimit, QuietHours, Topics } from './mail-settings.ts';
import { Duration } from './scalar.ts';
import { TimeZone } from './time-zone.ts';

/** `settings.yaml`; all of it may be left out. */
export const Settings = z.strictObject({
  time_zone: TimeZone.optional().describe(
    'Of the days of `active`, and of leads that have none of their own; UTC where it is left out.',
  ),
  sender: z
    .strictObject({
      name: z.string().min(1).max(100).optional().describe('As mailboxes show it.'),
      email: z.email().describe('The address that mails come from.'),
      reply_to: z.email().optional().describe('Where answers go; to `email` where it is left out.'),
      address: z
        .string()
        .min(1)
        .max(300)
        .optional()
        .describe('The postal address that some laws want at the foot of a mail.'),
    })
    .optional()
    .describe('Who mails come from.'),
  quiet_hours: QuietHours.optional().describe("No nurture mail between these times of the lead's day."),
  mails: MailLimit.optional().describe('How many nurture mails a lead gets at most; more wait.'),
  consent: ConsentRule.optional().describe(
    'Whether journeys write only to leads that agreed to it; `required` where it is left out.',
  ),
  topics: Topics.optional().describe('What mails are about, each as people read it who choose among them.'),
  attributes: z
    .array(z.string().min(1).max(100))
    .optional()
    .describe('Attributes of leads that mails may name, besides usual ones and those that rules look at.'),
  activity: z
    .union([EventReference, z.array(EventReference).min(1)])
    .optional()
    .describe('Narrows what counts as activity to these events.'),
  retention: Duration.optional().describe(
    'Older events do not exist any more; kept for ever where it is left out.',
  ),
  lateness: Duration.optional().describe('How late an event may come cheaply; never changes a result.'),
});
export type Settings = z.infer<typeof Settings>;
