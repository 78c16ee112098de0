import { preview, type Preview, variantOf } from '../../core/mail/preview.ts';
import { isForSales, SAMPLES } from '../../core/mail/samples.ts';
import type { Known } from '../../core/mail/variables.ts';
import type { Email } from '../../core/schema/email.ts';
import { journeyReferences } from '../../core/nurture/references.ts';
import type { EmailSummary } from '../../core/view/mail.ts';
import { rulesetKey } from '../aws/keys.ts';
import type { Table } from '../aws/table.ts';
import { Invalid, NotFound } from '../errors.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import { inParallel } from '../parallel.ts';
import type { Clock, Leads, Rulesets } from '../ports.ts';
import { survivor } from './list.ts';

/** The mails of rulesets, by name; variants are called `trial.sv`. */
export interface Emails {
  names(hash: string): Promise<readonly string[]>;
}

const PART = 'email#';

export const tableEmails = (table: Table): Emails => ({
  names: async (hash) => {
    const { pk } = rulesetKey(hash, '');
    const found: string[] = [];
    const pages = table.query({
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :part)',
      ProjectionExpression: 'sk',
      values: { ':pk': pk, ':part': PART },
    });
    for await (const items of pages) found.push(...items.map(({ sk }) => String(sk).slice(PART.length)));
    return found.sort();
  },
});

export interface EmailPorts {
  readonly emails: Emails;
  readonly parts: Pick<RulesetParts, 'live' | 'email' | 'settings' | 'journeys'>;
  readonly leads: Pick<Leads, 'read' | 'log'>;
  readonly rulesets: Pick<Rulesets, 'live'>;
  readonly clock: Clock;
}

/** The mails of the live rules. */
export const listEmails = async ({ emails, parts }: EmailPorts): Promise<readonly EmailSummary[]> => {
  const hash = await parts.live();
  const names = (await emails.names(hash)).filter((name) => !name.includes('.'));
  const journeys = Object.values(await parts.journeys(hash));
  return inParallel(8, names, async (name): Promise<EmailSummary> => {
    const email = await emailOf(parts, hash, name);
    const senders = journeys.filter((journey) =>
      journeyReferences(journey).some((each) => each.kind === 'email' && each.name === name),
    );
    return {
      name,
      subject: email.subject,
      topic: email.topic ?? null,
      locales: email.locales ?? [],
      journeys: senders.map(({ journey }) => journey),
      forSales: isForSales(name),
    };
  });
};

/**
 * A mail as a lead would get it; links in it lead nowhere.
 * @param query `lead`: an id, or `known` (the default) and `unknown` for people who do not exist; `locale`
 */
export const previewEmail = async (
  ports: EmailPorts,
  name: string,
  query: Readonly<Record<string, string>>,
): Promise<Preview> => {
  const { parts } = ports;
  const hash = await parts.live();
  const email = await emailOf(parts, hash, name);
  const { lead: who = 'known', locale: wanted } = query;
  if (wanted !== undefined && wanted.length > 35) throw new Invalid('no locale is so long');
  const person = await personOf(ports, who);
  const locale = variantOf(email, person, wanted === '' ? undefined : wanted);
  const variant = locale === null ? email : await emailOf(parts, hash, `${name}.${locale}`);
  return preview(name, variant, locale, person, await parts.settings(hash));
};

const emailOf = async (parts: EmailPorts['parts'], hash: string, name: string): Promise<Email> => {
  const email = /^[a-z][a-z0-9-]{0,39}(\.[A-Za-z0-9-]{2,35})?$/.test(name)
    ? await parts.email(hash, name)
    : null;
  if (email === null) throw new NotFound(`there is no mail ${name.slice(0, 80)}`);
  return email;
};

const personOf = async (ports: EmailPorts, who: string): Promise<Known> => {
  if (who === 'known' || who === 'unknown') return SAMPLES[who];
  const lead = who.length > 128 ? null : await survivor(ports, who);
  if (lead === null) throw new NotFound('there is no such lead');
  const { engine } = await ports.rulesets.live(lead.epoch);
  const now = Math.max(ports.clock.now(), lead.asOf);
  const events = (await ports.leads.log(lead.id, null)).entries.map(({ event }) => event);
  const attributes = engine.attributes({ events }, now);
  return {
    lead: { ...attributes, ...(lead.email === null ? {} : { email: lead.email }) },
    account: engine.account({ events }, now)?.attributes ?? {},
  };
};
