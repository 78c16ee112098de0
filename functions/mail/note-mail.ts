import { hears } from '../../core/handoff/hears.ts';
import { noteOf } from '../../core/handoff/note.ts';
import { NOTE, noteVariables } from '../../core/mail/note.ts';
import { render } from '../../core/mail/render.ts';
import { NOTE_EMAIL } from '../../core/nurture/mail-names.ts';
import { addressOf, type People } from '../journeys/people.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import type { Claims, Settled } from './claims.ts';
import { gateToSales, type PacePorts } from './gate.ts';
import { messageIdOf, outgoing, type Ready } from './ready.ts';

export interface NoteMailPorts extends PacePorts {
  readonly people: People;
  readonly rulesets: Pick<RulesetParts, 'live' | 'settings' | 'handoff'>;
  readonly claims: Claims;
  /** Without a slash at the end. */
  readonly publicUrl: string;
}

export interface NoteMail {
  readonly leadId: string;
  readonly entry: string;
  readonly journey: string;
  readonly ruleset: string;
  readonly step: string;
  readonly visit: number;
  readonly team: string;
  readonly text?: string | undefined;
}

/** The mail by which a journey tells a team of a lead; a team without an address hears of it elsewhere. */
export const prepareNote = async (ports: NoteMailPorts, task: NoteMail): Promise<Ready | Settled> => {
  const { leadId, entry, journey, ruleset, step, visit, team } = task;
  const { people, rulesets } = ports;
  const own = await rulesets.handoff(ruleset);
  const hash = own === null ? await rulesets.live() : ruleset;
  const { email: to } = hears(own ?? (await rulesets.handoff(hash)), team);
  if (to === undefined) return { outcome: 'skipped', reason: 'the team has no address' };
  const { sender } = await rulesets.settings(hash);
  if (sender === undefined) throw new Error(`no sender in the settings of ruleset ${hash}`);
  const [lead, attributes] = await Promise.all([people.find(leadId), people.attributes(leadId)]);
  const gone: Settled = { outcome: 'stopped', reason: 'the lead is gone' };
  if (lead === null || lead.into !== undefined) return gone;
  const address = addressOf(lead, attributes);
  const note = noteOf(task, attributes, address, lead.standing?.band ?? null);
  const page = `${ports.publicUrl}/leads/${encodeURIComponent(leadId)}`;
  const rendered = render(NOTE, noteVariables(note, { team, journey }, page));
  const name = { leadId, entry, step: `${step}.mail`, visit };
  const envelope = {
    from: sender,
    to: { name: team, email: to },
    ...(address === null ? {} : { replyTo: { email: address } }),
    messageId: messageIdOf(name, sender),
  };
  return {
    name,
    claims: ports.claims,
    journey,
    email: NOTE_EMAIL,
    subject: rendered.subject,
    // No journey in its tags: no lead did anything where a team opens this.
    mail: await outgoing(envelope, rendered, name, { lead: leadId, email: NOTE_EMAIL }),
    gate: gateToSales(ports),
    stays: async () => {
      const now = await people.find(leadId);
      return now === null || now.into !== undefined ? gone : null;
    },
  };
};
