import { z } from 'zod';

import { nearest } from '../nearest.ts';
import { isTimeZone } from '../nurture/zone.ts';

/** A time zone that clocks know; one that is misspelt is told with the nearest. */
export const TimeZone = z.string().refine(isTimeZone, {
  error: ({ input }) => {
    const near = nearest(String(input), Intl.supportedValuesOf('timeZone'));
    const meant = near === undefined ? '' : `; did you mean ${near}?`;
    return `must be a time zone such as Europe/Copenhagen${meant}`;
  },
});
