import { render } from '../../core/mail/render.ts';
import { morningVariables } from '../../core/mail/variables.ts';
import { MORNING_EMAIL } from '../../core/nurture/mail-names.ts';
import type { Mornings } from '../handoffs/mornings.ts';
import type { Claims, Settled } from './claims.ts';
import { gateToSales, type PacePorts } from './gate.ts';
import { messageIdOf, outgoing, type Ready, template, type TemplatePorts } from './ready.ts';

export interface MorningMailPorts extends TemplatePorts, PacePorts {
  readonly mornings: Pick<Mornings, 'find'>;
  /** Of morning mails. */
  readonly morningClaims: Claims;
  /** Without a slash at the end. */
  readonly publicUrl: string;
}

/** The mail that tells an owner whom to call today. */
export const prepareMorning = async (
  ports: MorningMailPorts,
  { who, day }: { readonly who: string; readonly day: string },
): Promise<Ready | Settled> => {
  const morning = await ports.mornings.find(who, day);
  if (morning === null || morning.leads.length + (morning.accounts ?? []).length === 0)
    return { outcome: 'stopped', reason: 'nothing to tell' };
  const { email, sender } = await template(ports, morning.ruleset, MORNING_EMAIL);
  const rendered = render(email, morningVariables(morning, sender, ports.publicUrl));
  const name = { leadId: who, entry: `morning-${day}`, step: 'mail', visit: 0 };
  const envelope = { from: sender, to: morning.owner, messageId: messageIdOf(name, sender) };
  return {
    name,
    claims: ports.morningClaims,
    journey: null,
    email: MORNING_EMAIL,
    subject: rendered.subject,
    // No lead did anything where sales opens this.
    mail: await outgoing(envelope, rendered, name, { email: MORNING_EMAIL }),
    gate: gateToSales(ports),
    stays: () => Promise.resolve(null),
  };
};
