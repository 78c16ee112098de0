import * as z from 'zod/mini';
import { claimTag, handoffEntry, type MessageName } from '../../core/claim.ts';
import { isHandedOff } from '../../core/handoff.ts';
import type { JsonObject } from '../../core/json.ts';
import { linkToken } from '../../core/link.ts';
import { HANDOFF_EMAIL } from '../../core/mail-names.ts';
import type { Email } from '../../core/schema/email.ts';
import { suppressionHash } from '../../core/suppression.ts';
import type { Entries } from '../journeys/entries.ts';
import type { Handoffs } from '../journeys/handoffs.ts';
import { addressOf, type People } from '../journeys/people.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import { log } from '../log.ts';
import type { Claims, Settled } from './claims.ts';
import { compose, type Envelope } from './compose.ts';
import { render } from './render.ts';
import type { Suppressions } from './suppress.ts';
import { type SendAnswer, Throttled } from './throttled.ts';
import type { OutgoingMail, Transport } from './transport.ts';
import { handoffVariables, journeyVariables, type Sender } from './variables.ts';

export interface SendPorts {
  readonly people: People;
  /** What `group` messages say of an account. */
  readonly account: (accountId: string) => Promise<JsonObject>;
  readonly entries: Pick<Entries, 'find'>;
  readonly handoffs: Pick<Handoffs, 'list' | 'find'>;
  readonly rulesets: Pick<RulesetParts, 'live' | 'email' | 'settings'>;
  readonly suppressions: Pick<Suppressions, 'find'>;
  readonly claims: Claims;
  readonly transport: Transport;
  readonly clock: { now(): number };
  /** An id that no other invocation has. */
  readonly invocation: () => string;
  readonly linkSecret: () => Promise<string>;
  /** Without a slash at the end. */
  readonly publicUrl: string;
}

const JourneyMail = z.object({
  kind: z.literal('journey'),
  leadId: z.string(),
  entry: z.string(),
  journey: z.string(),
  ruleset: z.string(),
  step: z.string(),
  visit: z.number(),
  email: z.string(),
});
const HandoffMail = z.object({
  kind: z.literal('handoff'),
  leadId: z.string(),
  entry: z.number(),
  ruleset: z.string(),
  step: z.string(),
  visit: z.number(),
});
const SendTask = z.discriminatedUnion('kind', [JourneyMail, HandoffMail]);

/** A mail that is ready, and the last look before it goes: why it must not, or null. */
interface Ready {
  readonly name: MessageName;
  readonly journey: string | null;
  readonly email: string;
  readonly subject: string;
  readonly mail: OutgoingMail;
  readonly stays: () => Promise<Settled | null>;
}

/**
 * The one function that sends mail: claim, then look, then send.
 *
 * The mail is made first, so that a template that fails leaves no claim. The claim comes before the last look: two
 * tries of one mail never both send, and what was suppressed before the claim is seen after it.
 */
export const createSend =
  (ports: SendPorts) =>
  async (input: unknown): Promise<SendAnswer> => {
    const task = z.parse(SendTask, input);
    const ready =
      task.kind === 'journey' ? await prepareJourney(ports, task) : await prepareHandoff(ports, task);
    const settled = 'outcome' in ready ? ready : await deliver(ports, ready);
    log.info('send', {
      lead: task.leadId,
      entry: task.entry,
      step: task.step,
      outcome: settled.outcome,
      ...(settled.reason === undefined ? {} : { reason: settled.reason }),
    });
    if (settled.outcome === 'throttled') throw new Throttled('the mail service asks for a pause');
    return { outcome: settled.outcome };
  };

const deliver = async (
  { claims, transport, clock, invocation }: SendPorts,
  ready: Ready,
): Promise<Settled> => {
  const { name, journey, email, subject, mail, stays } = ready;
  const note = { by: invocation(), at: clock.now(), journey, email, subject };
  const taken = await claims.take(name, note);
  if (taken !== 'mine') return { outcome: taken, reason: 'claimed before' };
  const settled = (await stays()) ?? (await transport.send(mail));
  await claims.settle(name, note, settled);
  return settled;
};

const prepareJourney = async (
  ports: SendPorts,
  task: z.infer<typeof JourneyMail>,
): Promise<Ready | Settled> => {
  const { leadId, entry, journey, step, visit } = task;
  const { people, suppressions, entries, handoffs } = ports;
  const [lead, attributes, { email, sender }, secret] = await Promise.all([
    people.find(leadId),
    people.attributes(leadId),
    template(ports, task.ruleset, task.email),
    ports.linkSecret(),
  ]);
  if (lead === null || lead.into !== undefined) return { outcome: 'stopped', reason: 'the lead is gone' };
  const address = addressOf(lead, attributes);
  const hash = address === null ? null : suppressionHash(address);
  if (address === null || hash === null) return { outcome: 'skipped', reason: 'no address' };
  const unsubscribeUrl = `${ports.publicUrl}/u/${linkToken('unsubscribe', leadId, secret)}`;
  const name = { leadId, entry, step, visit };
  const account = lead.membership === null ? {} : await ports.account(lead.membership.account);
  const known = { lead: { ...attributes, email: address }, account };
  const rendered = render(email, journeyVariables(known, sender, unsubscribeUrl));
  const envelope = {
    from: sender,
    to: { email: address },
    ...(sender.reply_to === undefined ? {} : { replyTo: { email: sender.reply_to } }),
    unsubscribeUrl,
    messageId: messageIdOf(name, sender),
  };
  return {
    name,
    journey,
    email: task.email,
    subject: rendered.subject,
    mail: await outgoing(envelope, rendered, name, { journey, email: task.email }),
    stays: async () => {
      const [suppressed, now, running, handedOff] = await Promise.all([
        suppressions.find(hash),
        people.find(leadId),
        entries.find(leadId, journey),
        handoffs.list(leadId),
      ]);
      if (suppressed !== null) return { outcome: 'suppressed', reason: suppressed };
      if (now === null || now.into !== undefined) return { outcome: 'stopped', reason: 'the lead is gone' };
      if (running?.entry !== entry || !running.running) return { outcome: 'stopped', reason: 'left' };
      return isHandedOff(handedOff) ? { outcome: 'stopped', reason: 'handed-off' } : null;
    },
  };
};

const prepareHandoff = async (
  ports: SendPorts,
  task: z.infer<typeof HandoffMail>,
): Promise<Ready | Settled> => {
  const { leadId, entry, step, visit } = task;
  const record = await ports.handoffs.find(leadId, entry);
  if (record === null || record.state !== 'open') return { outcome: 'stopped', reason: 'not open' };
  const { email, sender, timeZone } = await template(ports, task.ruleset, HANDOFF_EMAIL);
  const rendered = render(
    email,
    handoffVariables(record, sender, `${ports.publicUrl}/leads/${encodeURIComponent(leadId)}`, timeZone),
  );
  const name = { leadId, entry: handoffEntry(entry), step, visit };
  // Sales answers the lead, not the machine.
  const replyTo = record.brief.email === null ? {} : { replyTo: { email: record.brief.email } };
  const envelope = { from: sender, to: record.owner, ...replyTo, messageId: messageIdOf(name, sender) };
  return {
    name,
    journey: null,
    email: HANDOFF_EMAIL,
    subject: rendered.subject,
    mail: await outgoing(envelope, rendered, name, { email: HANDOFF_EMAIL }),
    stays: async () => {
      const now = await ports.handoffs.find(leadId, entry);
      return now?.state === 'open' ? null : { outcome: 'stopped', reason: 'not open' };
    },
  };
};

/** The template of the ruleset that the lead started with; of the live one, should that be gone. */
const template = async (
  { rulesets }: SendPorts,
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

const outgoing = async (
  envelope: Envelope,
  rendered: ReturnType<typeof render>,
  name: MessageName,
  about: Readonly<Record<string, string>>,
): Promise<OutgoingMail> => ({
  raw: await compose(rendered, envelope),
  from: envelope.from.email,
  to: envelope.to.email,
  tags: { lead: name.leadId, claim: claimTag(name), ...about },
});

const messageIdOf = (name: MessageName, sender: Sender): string =>
  `<${claimTag(name)}.${name.leadId}@${sender.email.split('@')[1] ?? 'localhost'}>`;
