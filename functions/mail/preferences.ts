import { readLinkToken } from '../../core/nurture/link.ts';
import type { Lead } from '../../core/lead.ts';
import { suppressionHash } from '../../core/nurture/suppression.ts';
import { html, type HttpAnswer, type HttpHandler, onHttp } from '../http.ts';
import type { BusEntry } from '../ingest/pack.ts';
import { addressOf, type People } from '../journeys/people.ts';
import { log } from '../log.ts';
import { askPage, brokenPage, donePage } from './pages.ts';
import type { Suppressions } from './suppress.ts';

export interface PreferencesPorts {
  readonly people: People;
  readonly suppressions: Pick<Suppressions, 'put'>;
  /** Whether the bus has it in the end. */
  readonly publish: (entry: BusEntry) => Promise<boolean>;
  readonly clock: { now(): number };
  readonly linkSecret: () => Promise<string>;
}

/** What tells of itself on the bus. */
const SOURCE = 'kindling.preferences';
/** A merged lead names its survivor, which may have been merged in turn. */
const MERGES = 10;

/**
 * The page behind a mail's unsubscribe link. Looking at it changes nothing, as mail scanners open every link; a POST
 * unsubscribes: the page's own form, or a mail program's one click (RFC 8058).
 */
export const createPreferences = (ports: PreferencesPorts): HttpHandler =>
  onHttp(async ({ method, params, body }) => {
    const link = readLinkToken(params.token ?? '', await ports.linkSecret());
    if (link === null) return html(400, brokenPage);
    if (method !== 'POST') return html(200, askPage);
    const form = new URLSearchParams(body.toString('utf8').slice(0, 2_000));
    const asked = form.get('List-Unsubscribe') === 'One-Click' || form.get('confirm') === 'unsubscribe';
    return asked ? unsubscribe(ports, link.leadId) : html(400, brokenPage);
  });

const unsubscribe = async (ports: PreferencesPorts, leadId: string): Promise<HttpAnswer> => {
  const { suppressions, publish, clock } = ports;
  const found = await survivor(ports.people, leadId);
  // Erased: there is nobody left to write to.
  if (found === null) return html(200, donePage);
  const { lead, address } = found;
  const now = clock.now();
  const hashes = new Set(
    [address, ...lead.emails].map((each) => (each === null ? null : suppressionHash(each))),
  );
  for (const hash of hashes) if (hash !== null) await suppressions.put({ hash, reason: 'unsubscribed' }, now);
  const told = await publish({
    source: SOURCE,
    detailType: 'kindling.message',
    detail: JSON.stringify({
      type: 'track',
      event: 'email.unsubscribed',
      leadId: lead.id,
      // A second click says nothing new.
      messageId: `unsubscribed#${lead.id}`,
      timestamp: new Date(now).toISOString(),
      properties: {},
    }),
  });
  // The address is out of every mailing already: the person need not hear that the score does not know yet.
  if (told) log.info('unsubscribed', { lead: lead.id });
  else log.error('unsubscribed, but the bus does not know', { lead: lead.id });
  return html(200, donePage);
};

const survivor = async (
  people: People,
  leadId: string,
): Promise<{ lead: Lead; address: string | null } | null> => {
  let lead = await people.find(leadId);
  for (let hop = 0; lead?.into !== undefined && hop < MERGES; hop += 1) lead = await people.find(lead.into);
  if (lead === null) return null;
  return { lead, address: addressOf(lead, await people.attributes(lead.id)) };
};
