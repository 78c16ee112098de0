import { zoneOf } from '../../core/nurture/zone.ts';
import { loudFrom } from '../../core/nurture/quiet.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Settings } from '../../core/schema/settings.ts';
import type { Claim, PutOff } from './claims.ts';
import type { Frequency } from './let-out.ts';
import type { Line, Pace } from './pace.ts';
import type { Rates } from './quota.ts';

export interface PacePorts {
  readonly pace: Pace;
  /** Mails a second that may go out. */
  readonly rates: () => Promise<Rates>;
}

export interface GatePorts extends PacePorts {
  readonly frequency: Frequency;
}

/** What a place in the sending rate is good for after its time, ms. */
const SLOT_LIFE = 300_000;
/** A place that is this near is taken without waiting, ms. */
const NEAR = 100;

/**
 * Whether a nurture mail may go out now, or until when it is put off: quiet hours of the lead's day, then the limit of
 * mails to one lead, then the rate that the account may send at. Nothing is dropped here.
 * @param claim of an earlier try, which may hold a place in the rate
 */
export const gate = async (
  { frequency, ...ports }: GatePorts,
  mail: { readonly leadId: string; readonly tag: string; readonly attributes: JsonObject },
  settings: Settings,
  claim: Claim | null,
  now: number,
): Promise<PutOff | null> => {
  const { quiet_hours: quiet, mails: limit, time_zone: zone } = settings;
  if (quiet !== undefined) {
    const until = loudFrom(now, quiet, zoneOf(mail.attributes, zone));
    if (until > now) return { until, reason: 'quiet hours' };
  }
  if (limit !== undefined) {
    const until = await frequency.letOut(mail.leadId, mail.tag, limit, now);
    if (until > now) return { until, reason: 'enough mails' };
  }
  return place('nurture', ports, claim, now);
};

/** The same of a mail to sales, which knows neither night nor limit and yet takes its place in the account's rate. */
export const gateToSales =
  (ports: PacePorts) =>
  (claim: Claim | null, now: number): Promise<PutOff | null> =>
    place('sales', ports, claim, now);

const place = async (
  line: Line,
  { pace, rates }: PacePorts,
  claim: Claim | null,
  now: number,
): Promise<PutOff | null> => {
  if (claim?.slot !== undefined && now >= claim.slot - NEAR && now < claim.slot + SLOT_LIFE) return null;
  const slot = await pace.take(line, now, (await rates())[line]);
  return slot <= now + NEAR ? null : { until: slot, slot, reason: 'sending rate' };
};
