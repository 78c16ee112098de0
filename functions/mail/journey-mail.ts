import { consentFor } from '../../core/nurture/consent.ts';
import { claimTag } from '../../core/nurture/claim.ts';
import type { JsonObject } from '../../core/json.ts';
import { linkToken } from '../../core/nurture/link.ts';
import { suppressionHash, suppressionOfLead } from '../../core/nurture/suppression.ts';
import type { Settings } from '../../core/schema/settings.ts';
import type { Entries } from '../journeys/entries.ts';
import type { InHand } from '../handoffs/in-hand.ts';
import { addressOf, type People } from '../journeys/people.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import type { Claims, Settled } from './claims.ts';
import { gate, type GatePorts } from './gate.ts';
import { messageIdOf, outgoing, type Ready, template, type TemplatePorts } from './ready.ts';
import { render } from '../../core/mail/render.ts';
import type { Suppressions } from './suppress.ts';
import { journeyVariables } from '../../core/mail/variables.ts';

export interface JourneyMailPorts extends TemplatePorts, GatePorts {
  readonly rulesets: Pick<RulesetParts, 'live' | 'email' | 'settings' | 'journeys'>;
  readonly people: People;
  /** What `group` messages say of an account. */
  readonly account: (accountId: string) => Promise<JsonObject>;
  readonly entries: Pick<Entries, 'find'>;
  readonly inHand: Pick<InHand, 'has'>;
  readonly suppressions: Pick<Suppressions, 'find'>;
  readonly claims: Claims;
  readonly linkSecret: () => Promise<string>;
  readonly publicUrl: string;
}

export interface JourneyMail {
  readonly leadId: string;
  readonly entry: string;
  readonly journey: string;
  readonly ruleset: string;
  readonly step: string;
  readonly visit: number;
  readonly email: string;
  /** A person wants it sent once more: whether the journey still runs is nothing to it. */
  readonly again: boolean;
}

/**
 * A journey's mail to its lead. What it says is of the ruleset that the lead started with; whether and when it may go
 * (consent, quiet hours, limit) is of the live one, so that a stricter rule holds at once.
 */
export const prepareJourney = async (
  ports: JourneyMailPorts,
  task: JourneyMail,
): Promise<Ready | Settled> => {
  const { leadId, entry, journey, step, visit } = task;
  const { people, suppressions, rulesets } = ports;
  const [lead, [attributes, { email, sender }], secret, policy] = await Promise.all([
    people.find(leadId),
    people
      .attributes(leadId)
      .then(async (said) => [said, await template(ports, task.ruleset, task.email, said)] as const),
    ports.linkSecret(),
    rulesets.live().then((live) => rulesets.settings(live)),
  ]);
  if (lead === null || lead.into !== undefined) return { outcome: 'stopped', reason: 'the lead is gone' };
  const address = addressOf(lead, attributes);
  const hash = address === null ? null : suppressionHash(address);
  if (address === null || hash === null) return { outcome: 'skipped', reason: 'no address' };
  const topic = email.topic ?? (await rulesets.journeys(task.ruleset))[journey]?.topic ?? null;
  const links = linksOf(ports.publicUrl, leadId, topic, secret);
  const name = { leadId, entry, step, visit };
  const account = lead.membership === null ? {} : await ports.account(lead.membership.account);
  const known = { lead: { ...attributes, email: address }, account };
  const rendered = render(email, journeyVariables(known, sender, links));
  const envelope = {
    from: sender,
    to: { email: address },
    ...(sender.reply_to === undefined ? {} : { replyTo: { email: sender.reply_to } }),
    unsubscribeUrl: links.unsubscribe,
    messageId: messageIdOf(name, sender),
  };
  const refusedBy = async (): Promise<Settled | null> => {
    const [ofAddress, ofLead, now, said, stopped] = await Promise.all([
      suppressions.find(hash, topic),
      suppressions.find(suppressionOfLead(leadId), topic),
      people.find(leadId),
      people.attributes(leadId),
      task.again ? null : leftBehind(ports, task),
    ]);
    const suppressed = ofAddress ?? ofLead;
    if (suppressed !== null) return { outcome: 'suppressed', reason: suppressed };
    if (now === null || now.into !== undefined) return { outcome: 'stopped', reason: 'the lead is gone' };
    if (!mayWrite(policy, said, topic)) return { outcome: 'stopped', reason: 'no consent' };
    return stopped;
  };
  return {
    name,
    claims: ports.claims,
    journey,
    email: task.email,
    subject: rendered.subject,
    mail: await outgoing(envelope, rendered, name, { lead: leadId, journey, email: task.email }),
    // Nobody waits for days, and takes no one's place, only to be told that there is no consent.
    gate: async (claim, now) =>
      mayWrite(policy, attributes, topic)
        ? gate(ports, { leadId, tag: claimTag(name), attributes }, policy, claim, now)
        : null,
    giveBack: () => ports.frequency.takeBack(leadId, claimTag(name)),
    stays: refusedBy,
  };
};

const mayWrite = ({ consent = 'required' }: Settings, said: JsonObject, topic: string | null): boolean =>
  consent === 'not-required' || consentFor(said, topic) !== null;

/** Why the journey must not write any more, or null. */
const leftBehind = async (
  { entries, inHand }: JourneyMailPorts,
  { leadId, journey, entry }: JourneyMail,
): Promise<Settled | null> => {
  const [running, handedOff] = await Promise.all([entries.find(leadId, journey), inHand.has(leadId)]);
  if (running?.entry !== entry || !running.running) return { outcome: 'stopped', reason: 'left' };
  return handedOff ? { outcome: 'stopped', reason: 'handed-off' } : null;
};

/** Where one click unsubscribes from what the mail is about, and where all topics are chosen. */
const linksOf = (
  publicUrl: string,
  leadId: string,
  topic: string | null,
  secret: string,
): { unsubscribe: string; preferences: string } => ({
  unsubscribe: `${publicUrl}/u/${linkToken({ purpose: 'unsubscribe', leadId, topic }, secret)}`,
  preferences: `${publicUrl}/u/${linkToken({ purpose: 'preferences', leadId, topic: null }, secret)}`,
});
