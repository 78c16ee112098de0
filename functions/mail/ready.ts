import { claimTag, type MessageName } from '../../core/nurture/claim.ts';
import type { Email } from '../../core/schema/email.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import type { Settings } from '../../core/schema/settings.ts';
import { localeOf, variantFor } from '../../core/nurture/locale.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Claim, Claims, PutOff, Settled } from './claims.ts';
import { compose, type Envelope } from './compose.ts';
import type { RenderedMail } from '../../core/mail/render.ts';
import type { OutgoingMail } from './transport.ts';
import type { Sender } from '../../core/mail/variables.ts';

/** A mail that is ready, and the last look before it goes: why it must not, or null. */
export interface Ready {
  readonly name: MessageName;
  /** Where it is claimed. */
  readonly claims: Claims;
  readonly journey: string | null;
  readonly email: string;
  readonly subject: string;
  readonly mail: OutgoingMail;
  /** Until when it is put off, or null. @param now UTC milliseconds */
  readonly gate: (claim: Claim | null, now: number) => Promise<PutOff | null>;
  /** Gives back what the gate took, where the mail did not go out. */
  readonly giveBack?: () => Promise<void>;
  readonly stays: () => Promise<Settled | null>;
}

export interface TemplatePorts {
  readonly rulesets: Pick<RulesetParts, 'live' | 'email' | 'settings'>;
}

export interface Template {
  readonly email: Email;
  readonly sender: Sender;
  readonly timeZone: string;
}

/**
 * The template of the ruleset that the lead started with; of the live one, should that be gone.
 * @param attributes of its reader, whose language it is in if there is a variant
 */
export const template = async (
  { rulesets }: TemplatePorts,
  ruleset: string,
  name: string,
  attributes: JsonObject = {},
): Promise<Template> => {
  let hash = ruleset;
  let email = await rulesets.email(hash, name);
  if (email === null) {
    hash = await rulesets.live();
    email = await rulesets.email(hash, name);
  }
  if (email === null) throw new Error(`no email ${name} in ruleset ${ruleset}, nor in the live one`);
  const { sender, time_zone: timeZone }: Settings = await rulesets.settings(hash);
  if (sender === undefined) throw new Error(`no sender in the settings of ruleset ${hash}`);
  const locale = variantFor(email.locales ?? [], localeOf(attributes));
  const variant = locale === null ? null : await rulesets.email(hash, `${name}.${locale}`);
  return {
    email:
      variant === null ? email : { ...variant, ...(email.topic === undefined ? {} : { topic: email.topic }) },
    sender,
    timeZone: timeZone ?? 'UTC',
  };
};

/** @param about becomes tags, by which SES tells later what became of the mail */
export const outgoing = async (
  envelope: Envelope,
  rendered: RenderedMail,
  name: MessageName,
  about: Readonly<Record<string, string>>,
): Promise<OutgoingMail> => ({
  raw: await compose(rendered, envelope),
  from: envelope.from.email,
  to: envelope.to.email,
  tags: { claim: claimTag(name), ...about },
});

export const messageIdOf = (name: MessageName, sender: Sender): string =>
  `<${claimTag(name)}.${name.leadId}@${sender.email.split('@')[1] ?? 'localhost'}>`;
