import * as z from 'zod/mini';
import { handoffEntry, readHandoffEntry } from '../../core/nurture/claim.ts';
import { HANDOFF_EMAIL, isSaidOnce } from '../../core/nurture/mail-names.ts';
import { answerLinks } from '../handoffs/answer-links.ts';
import type { Handoffs } from '../handoffs/handoffs.ts';
import { log } from '../log.ts';
import { type AccountMailPorts, prepareAccountHandoff } from './account-mail.ts';
import { type ClaimNote, isFree, type PutOff, type Settled } from './claims.ts';
import type { Decisions } from './decide.ts';
import { gateToSales } from './gate.ts';
import { type JourneyMailPorts, prepareJourney } from './journey-mail.ts';
import { type MorningMailPorts, prepareMorning } from './morning-mail.ts';
import { type NoteMailPorts, prepareNote } from './note-mail.ts';
import { messageIdOf, outgoing, type Ready, template } from './ready.ts';
import { render } from '../../core/mail/render.ts';
import { type SendAnswer, Throttled } from './throttled.ts';
import type { Transport } from './transport.ts';
import { handoffVariables } from '../../core/mail/variables.ts';

export interface SendPorts extends AccountMailPorts, JourneyMailPorts, MorningMailPorts, NoteMailPorts {
  readonly rulesets: JourneyMailPorts['rulesets'] & NoteMailPorts['rulesets'];
  readonly handoffs: Pick<Handoffs, 'find'>;
  readonly decisions: Decisions;
  readonly transport: Transport;
  readonly clock: { now(): number };
  /** An id that no other invocation has. */
  readonly invocation: () => string;
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
  again: z._default(z.boolean(), false),
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
/** What a person wants with a message of which nobody knows whether it went out. */
const Decision = z.object({
  kind: z.literal('decision'),
  leadId: z._default(z.nullable(z.string()), null),
  accountId: z._default(z.nullable(z.string()), null),
  entry: z.string(),
  step: z.string(),
  visit: z.number(),
  decision: z.enum(['resend', 'dismiss']),
  by: z.string(),
});
const MorningMail = z.object({ kind: z.literal('morning'), who: z.string(), day: z.string() });
/** What a journey tells a team. */
const NoteMail = z.object({
  kind: z.literal('note'),
  leadId: z.string(),
  entry: z.string(),
  journey: z.string(),
  ruleset: z.string(),
  step: z.string(),
  visit: z.number(),
  team: z.string(),
  text: z.optional(z.string()),
});
const SendTask = z.discriminatedUnion('kind', [JourneyMail, HandoffMail, Decision, MorningMail, NoteMail]);
type SendTask = z.infer<typeof SendTask>;

/** How often a mail is put off before it is given up: a state machine's history has an end. */
const MAX_WAITS = 200;
/** Pauses after the mail service asked for one, ms: doubled each time, up to what a daily quota takes to renew. */
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 21_600_000;

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
    const { until, ...settled } =
      'outcome' in ready ? { ...ready, until: undefined } : await deliver(ports, ready);
    log.info('send', {
      ...about(task),
      outcome: settled.outcome,
      ...(settled.reason === undefined ? {} : { reason: settled.reason }),
    });
    if (settled.outcome === 'throttled') throw new Throttled('the mail service asks for a pause');
    return {
      outcome: settled.outcome,
      ...(until === undefined ? {} : { at: new Date(until).toISOString() }),
    };
  };

/** What a line of the log names. */
const about = (task: SendTask): Readonly<Record<string, unknown>> => {
  if (task.kind === 'morning') return { morning: task.day, who: task.who };
  const { entry, step } = task;
  const isAccount = 'accountId' in task && task.accountId !== null;
  return { ...(isAccount ? { account: task.accountId } : { lead: task.leadId }), entry, step };
};

const prepare = async (ports: SendPorts, task: SendTask): Promise<Ready | Settled> => {
  if (task.kind === 'decision') return decided(ports, task);
  if (task.kind === 'journey') return prepareJourney(ports, task);
  if (task.kind === 'morning') return prepareMorning(ports, task);
  if (task.kind === 'note') return prepareNote(ports, task);
  const { leadId, accountId, ...handoff } = task;
  if (leadId !== null) return prepareHandoff(ports, { leadId, ...handoff });
  if (accountId !== null) return prepareAccountHandoff(ports, { accountId, ...handoff });
  throw new Error('a handoff of nobody');
};

/** Writes the decision down; a mail that is to be sent again goes out under a name of its own, at most once. */
const decided = async (ports: SendPorts, task: z.infer<typeof Decision>): Promise<Ready | Settled> => {
  const { leadId, accountId, decision, by } = task;
  const { outcome, again } = await ports.decisions.decide(task, decision, by, ports.clock.now());
  if (again === undefined) return { outcome, reason: `decided: ${decision}` };
  const { name, journey, email } = again;
  if (isSaidOnce(email)) return { outcome: 'skipped', reason: 'cannot be sent again' };
  const live = await ports.rulesets.live();
  if (journey !== null && leadId !== null) {
    const running = await ports.entries.find(leadId, journey);
    const ruleset = running?.entry === name.entry ? running.ruleset : live;
    return prepareJourney(ports, { ...name, journey, ruleset, email, again: true });
  }
  const entry = readHandoffEntry(name.entry);
  if (entry === null) return { outcome: 'skipped', reason: 'cannot be sent again' };
  return prepare(ports, {
    kind: 'handoff',
    leadId,
    accountId,
    entry,
    ruleset: live,
    step: name.step,
    visit: name.visit,
  });
};

type Delivered = Settled & { readonly until?: number };

const deliver = async (ports: SendPorts, ready: Ready): Promise<Delivered> => {
  const { transport, clock } = ports;
  const { name, claims, journey, email, subject, mail, stays, gate } = ready;
  const now = clock.now();
  const note = { by: ports.invocation(), at: now, journey, email, subject };
  const claim = await claims.find(name);
  if (!isFree(claim)) return { outcome: claim?.outcome ?? 'unknown', reason: 'claimed before' };
  const waits = claim?.waits ?? 0;
  const given = waits >= MAX_WAITS;
  const putOff = given ? null : await gate(claim, now);
  if (putOff !== null) return postponed(ready, { ...note, waits: waits + 1 }, putOff);

  const mine = { ...note, waits };
  const taken = await claims.take(name, mine);
  if (taken !== 'mine') return { outcome: taken, reason: 'claimed before' };
  const settled = given
    ? ({ outcome: 'stopped', reason: 'put off too often' } as const)
    : ((await stays()) ?? (await transport.send(mail)));
  await claims.settle(name, mine, settled);
  if (settled.outcome !== 'sent' && settled.outcome !== 'unknown') await ready.giveBack?.();
  if (settled.outcome !== 'throttled') return settled;
  const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(waits, 20));
  return postponed(ready, { ...mine, waits: waits + 1 }, { until: now + pause, reason: 'throttled' });
};

const postponed = async ({ name, claims }: Ready, note: ClaimNote, putOff: PutOff): Promise<Delivered> => {
  if (await claims.putOff(name, note, putOff)) return { outcome: 'later', until: putOff.until };
  const claim = await claims.find(name);
  return { outcome: claim?.outcome ?? 'unknown', reason: 'claimed before' };
};

const prepareHandoff = async (
  ports: SendPorts,
  task: Omit<z.infer<typeof HandoffMail>, 'kind' | 'leadId' | 'accountId'> & { readonly leadId: string },
): Promise<Ready | Settled> => {
  const { leadId, entry, step, visit } = task;
  const record = await ports.handoffs.find(leadId, entry);
  if (record === null || record.state !== 'open') return { outcome: 'stopped', reason: 'not open' };
  const { email, sender, timeZone } = await template(ports, task.ruleset, HANDOFF_EMAIL);
  const page = `${ports.publicUrl}/leads/${encodeURIComponent(leadId)}`;
  const answer = await answerLinks(ports, { of: 'lead', id: leadId, entry }, record, ports.clock.now());
  const rendered = render(email, handoffVariables(record, sender, page, timeZone, answer));
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
    gate: gateToSales(ports),
    stays: async () => {
      const now = await ports.handoffs.find(leadId, entry);
      return now?.state === 'open' ? null : { outcome: 'stopped', reason: 'not open' };
    },
  };
};
