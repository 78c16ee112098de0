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
  /** UTC where it is left out. */
  time_zone: z.string().refine(isTimeZone, 'must be a time zone such as Europe/Copenhagen').optional(),
  /** Who mails come from. */
  sender: z
    .strictObject({
      name: z.string().min(1).max(100).optional(),
      email: z.email(),
      reply_to: z.email().optional(),
      /** The postal address that some laws want at the foot of a mail. */
      address: z.string().min(1).max(300).optional(),
    })
    .optional(),
  /** No mail between these times of the lead's day. */
  quiet_hours: z.strictObject({ from: Clock, to: Clock }).optional(),
  /** Narrows what counts as activity to these events. */
  activity: z.union([EventReference, z.array(EventReference).min(1)]).optional(),
  /** Older events do not exist any more. */
  retention: Duration.optional(),
  /** How late an event may come without a read of the whole log; never changes a result. */
  lateness: Duration.optional(),
});
export type Settings = z.infer<typeof Settings>;
