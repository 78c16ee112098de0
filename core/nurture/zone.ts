import type { JsonObject } from '../json.ts';

/** Attributes that name a lead's time zone, the surest first; the last one is what its browser says. */
const NAMES = ['timezone', 'time_zone', 'timeZone', 'browser_timezone'] as const;

/** Whether clocks know it. @example isTimeZone('Europe/Copenhagen') // true */
export const isTimeZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

/**
 * The time zone by which a lead lives: its own, else that of the settings, else UTC. One that no clock knows is passed
 * over.
 */
export const zoneOf = (attributes: JsonObject, fallback: string | undefined): string => {
  for (const name of NAMES) {
    const zone = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    // A bare offset (`+02:00`) knows no summer.
    if (typeof zone === 'string' && /^[A-Za-z]/.test(zone) && zone.length <= 64 && isTimeZone(zone))
      return zone;
  }
  return fallback ?? 'UTC';
};
