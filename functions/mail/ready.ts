import { claimTag, type MessageName } from '../../core/nurture/claim.ts';
import type { Email } from '../../core/schema/email.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import type { Claims, Settled } from './claims.ts';
import { compose, type Envelope } from './compose.ts';
import type { RenderedMail } from './render.ts';
import type { OutgoingMail } from './transport.ts';
import type { Sender } from './variables.ts';

/** A mail that is ready, and the last look before it goes: why it must not, or null. */
export interface Ready {
  readonly name: MessageName;
  /** Where it is claimed. */
  readonly claims: Claims;
  readonly journey: string | null;
  readonly email: string;
  readonly subject: string;
  readonly mail: OutgoingMail;
  readonly stays: () => Promise<Settled | null>;
}

export interface TemplatePorts {
  readonly rulesets: Pick<RulesetParts, 'live' | 'email' | 'settings'>;
}

/** The template of the ruleset that the lead started with; of the live one, should that be gone. */
export const template = async (
  { rulesets }: TemplatePorts,
  ruleset: string,
  name: string,
): Promise<{ email: Email; sender: Sender; timeZone: string }> => {
  let hash = ruleset;
  let email = await rulesets.email(hash, name);
  if (email === null) {
    hash = await rulesets.live();
    email = await rulesets.email(hash, name);
  }
  if (email === null) throw new Error(`no email ${name} in ruleset ${ruleset}, nor in the live one`);
  const { sender, time_zone: timeZone } = await rulesets.settings(hash);
  if (sender === undefined) throw new Error(`no sender in the settings of ruleset ${hash}`);
  return { email, sender, timeZone: timeZone ?? 'UTC' };
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
