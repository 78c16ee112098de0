import { z } from 'zod';

import { EventReference } from './condition.ts';
import { Duration } from './scalar.ts';

const isTimeZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};
const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 08:00');

/** `settings.yaml`; all of it may be left out. */
export const Settings = z.strictObject({
  time_zone: z
    .string()
    .refine(isTimeZone, 'must be a time zone such as Europe/Copenhagen')
    .optional()
    .describe('Of the days of `active`, and of leads that have none of their own; UTC where it is left out.'),
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
  quiet_hours: z
    .strictObject({ from: Clock.describe('Such as 20:00.'), to: Clock.describe('Such as 08:00.') })
    .optional()
    .describe("No mail between these times of the lead's day."),
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
