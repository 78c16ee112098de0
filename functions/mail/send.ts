import * as z from 'zod/mini';
import { handoffEntry } from '../../core/nurture/claim.ts';
import { isHandedOff } from '../../core/handoff/handoff.ts';
import type { JsonObject } from '../../core/json.ts';
import { linkToken } from '../../core/nurture/link.ts';
import { HANDOFF_EMAIL } from '../../core/nurture/mail-names.ts';
import { suppressionHash } from '../../core/nurture/suppression.ts';
import type { Entries } from '../journeys/entries.ts';
import type { Handoffs } from '../handoffs/handoffs.ts';
import { addressOf, type People } from '../journeys/people.ts';
import { log } from '../log.ts';
import { type AccountMailPorts, prepareAccountHandoff } from './account-mail.ts';
import type { Claims, Settled } from './claims.ts';
import { messageIdOf, outgoing, type Ready, template } from './ready.ts';
import { render } from './render.ts';
import type { Suppressions } from './suppress.ts';
import { type SendAnswer, Throttled } from './throttled.ts';
import type { Transport } from './transport.ts';
import { handoffVariables, journeyVariables } from './variables.ts';

export interface SendPorts extends AccountMailPorts {
  readonly people: People;
  /** What `group` messages say of an account. */
  readonly account: (accountId: string) => Promise<JsonObject>;
  readonly entries: Pick<Entries, 'find'>;
  readonly handoffs: Pick<Handoffs, 'list' | 'find'>;
  readonly suppressions: Pick<Suppressions, 'find'>;
  readonly claims: Claims;
  readonly transport: Transport;
  readonly clock: { now(): number };
  /** An id that no other invocation has. */
  readonly invocation: () => string;
  readonly linkSecret: () => Promise<string>;
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
  /** Of the two ids one is there. */
  leadId: z._default(z.nullable(z.string()), null),
  accountId: z._default(z.nullable(z.string()), null),
  entry: z.number(),
  ruleset: z.string(),
  step: z.string(),
  visit: z.number(),
});
const SendTask = z.discriminatedUnion('kind', [JourneyMail, HandoffMail]);

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
    const ready = await prepare(ports, task);
    const settled = 'outcome' in ready ? ready : await deliver(ports, ready);
    log.info('send', {
      ...('accountId' in task && task.accountId !== null
        ? { account: task.accountId }
        : { lead: task.leadId }),
      entry: task.entry,
      step: task.step,
      outcome: settled.outcome,
      ...(settled.reason === undefined ? {} : { reason: settled.reason }),
    });
    if (settled.outcome === 'throttled') throw new Throttled('the mail service asks for a pause');
    return { outcome: settled.outcome };
  };

const prepare = (ports: SendPorts, task: z.infer<typeof SendTask>): Promise<Ready | Settled> => {
  if (task.kind === 'journey') return prepareJourney(ports, task);
  const { leadId, accountId, ...handoff } = task;
  if (leadId !== null) return prepareHandoff(ports, { leadId, ...handoff });
  if (accountId !== null) return prepareAccountHandoff(ports, { accountId, ...handoff });
  throw new Error('a handoff of nobody');
};

const deliver = async ({ transport, clock, invocation }: SendPorts, ready: Ready): Promise<Settled> => {
  const { name, claims, journey, email, subject, mail, stays } = ready;
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
    claims: ports.claims,
    journey,
    email: task.email,
    subject: rendered.subject,
    mail: await outgoing(envelope, rendered, name, { lead: leadId, journey, email: task.email }),
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
  task: Omit<z.infer<typeof HandoffMail>, 'kind' | 'leadId' | 'accountId'> & { readonly leadId: string },
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
    claims: ports.claims,
    journey: null,
    email: HANDOFF_EMAIL,
    subject: rendered.subject,
    mail: await outgoing(envelope, rendered, name, { lead: leadId, email: HANDOFF_EMAIL }),
    stays: async () => {
      const now = await ports.handoffs.find(leadId, entry);
      return now?.state === 'open' ? null : { outcome: 'stopped', reason: 'not open' };
    },
  };
};
