import { createHash } from 'node:crypto';
import { type Link, readLinkToken } from '../../core/nurture/link.ts';
import type { Lead } from '../../core/lead.ts';
import { localeOf } from '../../core/nurture/locale.ts';
import { type Preferences, suppressionHash, suppressionOfLead } from '../../core/nurture/suppression.ts';
import type { Topics } from '../../core/schema/mail-settings.ts';
import { html, type HttpAnswer, type HttpHandler, onHttp } from '../http.ts';
import type { BusEntry } from '../ingest/pack.ts';
import { addressOf, type People } from '../journeys/people.ts';
import { log } from '../log.ts';
import { languagesOf, type Texts, textsFor } from './page-texts.ts';
import { askPage, brokenPage, choicePage, donePage, nobodyPage, savedPage, stalePage } from './pages.ts';
import type { Suppressions } from './suppress.ts';

export interface PreferencesPorts {
  readonly people: People;
  readonly suppressions: Omit<Suppressions, 'find'>;
  /** What mails are about, by the live rules. */
  readonly topics: () => Promise<Topics>;
  /** Whether the bus has it in the end. */
  readonly publish: (entry: BusEntry) => Promise<boolean>;
  readonly clock: { now(): number };
  readonly linkSecret: () => Promise<string>;
}

/** What tells of itself on the bus. */
const SOURCE = 'kindling.preferences';
/** A merged lead names its survivor, which may have been merged in turn. */
const MERGES = 10;
/** Characters; a form of ours has fewer. */
const MAX_FORM = 10_000;

/**
 * The pages behind a mail's links. Looking at them changes nothing, as mail scanners open every link; a POST does: a
 * page's own form, or a mail program's one click (RFC 8058), which stops what the mail was about.
 */
export const createPreferences = (ports: PreferencesPorts): HttpHandler =>
  onHttp(async ({ method, params, headers, body }) => {
    const link = readLinkToken(params.token ?? '', await ports.linkSecret());
    const wanted = languagesOf(headers['accept-language']);
    if (link === null) return html(400, brokenPage(textsFor(wanted)));
    const topics = await ports.topics();
    const person = await personOf(ports, link.leadId);
    const texts = textsFor([person?.locale ?? null, ...wanted]);
    const asked: Asked = { person, topics, texts };
    if (method !== 'POST') return html(200, await lookOf(ports, link, asked));
    const form = new URLSearchParams(body.toString('utf8').slice(0, MAX_FORM));
    if (form.get('List-Unsubscribe') === 'One-Click') return stop(ports, asked, link.topic);
    switch (form.get('confirm')) {
      case 'unsubscribe':
        return stop(ports, asked, link.topic);
      case 'all':
        return stop(ports, asked, null);
      case 'topics':
        return choose(ports, asked, form);
      default:
        return html(400, brokenPage(texts));
    }
  });

interface Person {
  readonly lead: Lead;
  /** In which it reads, or null. */
  readonly locale: string | null;
  /** Names of the lead and all its addresses in the suppression list; the lead's own is the first. */
  readonly hashes: readonly string[];
}

/** What a page is made of. */
interface Asked {
  readonly person: Person | null;
  readonly topics: Topics;
  readonly texts: Texts;
}

/** Null for an erased lead: there is nobody left to write to. */
const personOf = async ({ people }: PreferencesPorts, leadId: string): Promise<Person | null> => {
  let lead = await people.find(leadId);
  for (let hop = 0; lead?.into !== undefined && hop < MERGES; hop += 1) lead = await people.find(lead.into);
  if (lead === null) return null;
  const attributes = await people.attributes(lead.id);
  const addresses = [addressOf(lead, attributes), ...lead.emails];
  const hashes = addresses.map((each) => (each === null ? null : suppressionHash(each)));
  return {
    lead,
    locale: localeOf(attributes),
    hashes: [...new Set([suppressionOfLead(lead.id), ...hashes.filter((hash) => hash !== null)])],
  };
};

const lookOf = async (
  ports: PreferencesPorts,
  { purpose, topic }: Link,
  { person, topics, texts }: Asked,
): Promise<string> => {
  const names = Object.keys(topics);
  if (person === null) return nobodyPage(texts);
  if (names.length === 0) return askPage(texts, topic === null ? null : (topics[topic] ?? null));
  const preferences = await preferencesOf(ports, person);
  return choicePage(texts, {
    topics,
    preferences,
    stamp: stampOf(preferences),
    about: purpose === 'unsubscribe' && topic !== null && !preferences.off.includes(topic) ? topic : null,
  });
};

/** What holds for any of the person's addresses. */
const preferencesOf = async (
  { suppressions }: Pick<PreferencesPorts, 'suppressions'>,
  { hashes }: Person,
): Promise<Preferences> => {
  const all = await Promise.all(hashes.map((hash) => suppressions.preferences(hash)));
  const reasons = all.flatMap((each) => each.all ?? []);
  return {
    all: reasons.find((reason) => reason !== 'unsubscribed') ?? reasons[0] ?? null,
    off: [...new Set(all.flatMap(({ off }) => off))].sort(),
  };
};

/** Names what a form was made from: one that is sent a second time, after something else was chosen, changes nothing. */
const stampOf = ({ all, off }: Preferences): string =>
  createHash('sha256')
    .update(JSON.stringify([all, off]))
    .digest('base64url')
    .slice(0, 22);

/** @param topic null: all mails */
const stop = async (
  ports: PreferencesPorts,
  { person, topics, texts }: Asked,
  topic: string | null,
): Promise<HttpAnswer> => {
  if (person === null) return html(200, nobodyPage(texts));
  await unsubscribe(ports, person, topic, ports.clock.now());
  return html(200, donePage(texts, topic === null ? null : (topics[topic] ?? null)));
};

const unsubscribe = async (
  ports: PreferencesPorts,
  { lead, hashes }: Person,
  topic: string | null,
  now: number,
): Promise<void> => {
  let since = now;
  for (const hash of hashes.toReversed())
    since = await ports.suppressions.put(
      { hash, reason: 'unsubscribed', ...(topic === null ? {} : { topic }) },
      now,
    );
  // A second click says nothing new; one after a change of mind does.
  await tell(ports, lead.id, 'email.unsubscribed', topic, since, now);
};

/** Keeps the topics that the form names, calls the others off, and takes an earlier "no mails" back. */
const choose = async (
  ports: PreferencesPorts,
  { person, topics, texts }: Asked,
  form: URLSearchParams,
): Promise<HttpAnswer> => {
  if (person === null) return html(200, nobodyPage(texts));
  const { suppressions, clock } = ports;
  const was = await preferencesOf(ports, person);
  if (form.get('stamp') !== stampOf(was))
    return html(409, stalePage(texts, { topics, preferences: was, stamp: stampOf(was), about: null }));
  const wanted = new Set(form.getAll('topic'));
  const now = clock.now();
  const kept = Object.keys(topics).filter((topic) => wanted.has(topic));
  for (const topic of Object.keys(topics)) {
    const off = was.off.includes(topic);
    if (!wanted.has(topic) && !off) await unsubscribe(ports, person, topic, now);
    if (wanted.has(topic) && off) {
      for (const hash of person.hashes) await suppressions.lift(hash, topic, now);
      await tell(ports, person.lead.id, 'email.resubscribed', topic, now, now);
    }
  }
  // Last: until then whoever wanted no mails at all gets none.
  if (was.all === 'unsubscribed' && kept.length > 0) {
    for (const hash of person.hashes) await suppressions.lift(hash, null, now);
    await tell(ports, person.lead.id, 'email.resubscribed', null, now, now);
  }
  return html(
    200,
    savedPage(
      texts,
      kept.map((topic) => topics[topic] ?? topic),
    ),
  );
};

const tell = async (
  { publish }: PreferencesPorts,
  leadId: string,
  event: string,
  topic: string | null,
  since: number,
  now: number,
): Promise<void> => {
  const told = await publish({
    source: SOURCE,
    detailType: 'kindling.message',
    detail: JSON.stringify({
      type: 'track',
      event,
      leadId,
      messageId: [event, leadId, topic ?? '', since].join('#'),
      timestamp: new Date(now).toISOString(),
      properties: topic === null ? {} : { topic },
    }),
  });
  // The suppression list says it already: the person need not hear that the score does not know yet.
  if (told) log.info(event, { lead: leadId });
  else log.error(`${event}, but the bus does not know`, { lead: leadId });
};
