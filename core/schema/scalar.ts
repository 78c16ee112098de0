import { z } from 'zod';

import { dateSpan } from '../engine/dates.ts';
import { DURATION } from '../duration.ts';

/** A whole number and a unit: `15m`, `12h`, `30d`, `2w`. */
export const Duration = z.string().regex(DURATION, 'must be a duration such as 15m, 12h, 30d or 2w');

/** What people call a rule, score, band or group. */
export const Name = z
  .string()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._-]{0,63}$/u,
    'must be letters, digits, spaces, dots, hyphens or underscores, at most 64',
  );

/** Any number of points, also a fraction or below 0. */
export const Points = z.number().min(-1e9).max(1e9);

/** A property of an event; dots walk into objects and lists. */
export const Property = z
  .string()
  .min(1)
  .max(200)
  .refine((path) => !/^(lead|account)\./.test(path), 'must be a property of the event, not an attribute')
  .refine((path) => !path.split('.').includes(''), 'has an empty part between its dots');

/** A calendar day, `2026-03-01`. */
export const Day = z
  .string()
  .refine((text) => dateSpan(text)?.bare === true, 'must be a date such as 2026-03-01');

/** Holds a sum between two ends; either may be left out. */
export const Limit = z
  .strictObject({
    min: Points.optional().describe('Never below this.'),
    max: Points.optional().describe('Never above this.'),
  })
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, 'min is above max');
export type Limit = z.infer<typeof Limit>;
