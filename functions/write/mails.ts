import { createHash } from 'node:crypto';
import { Conflict, Invalid, NotFound } from '../errors.ts';
import type { HttpRequest } from '../http.ts';
import type { Executions } from '../journeys/executions.ts';
import { log } from '../log.ts';
import type { Clock } from '../ports.ts';
import type { Unsettled } from '../read/unsettled.ts';
import { whoAsks } from './who.ts';

export interface MailDecisionPorts {
  readonly clock: Clock;
  readonly unsettled: Pick<Unsettled, 'find'>;
  readonly executions: Executions;
  /** The state machine that carries a decision out. */
  readonly decisionMachine: string;
}

export interface DecisionTaken {
  readonly id: string;
  readonly decision: 'resend' | 'dismiss';
}

/**
 * What a person makes of a mail of which nobody knows whether it went out: send it again, or let it be. It is carried
 * out by a state machine, since a mail may have to wait; the same decision twice is one.
 */
export const decideOnMail = async (
  { clock, unsettled, executions, decisionMachine }: MailDecisionPorts,
  id: string,
  decision: string,
  request: HttpRequest,
): Promise<DecisionTaken> => {
  const by = whoAsks(request);
  if (decision !== 'resend' && decision !== 'dismiss') throw new NotFound('nothing lives here');
  const found = await unsettled.find(id, clock.now());
  if (found === null) throw new NotFound('there is no such mail');
  if (found.settled === 'under way') throw new Conflict('this mail is on its way; look again in two minutes');
  if (found.settled !== null && !(decision === 'resend' && found.settled === 'resent'))
    throw new Conflict(`nothing is open about this mail any more: it is ${found.settled}`);
  if (decision === 'resend' && found.email === 'slack')
    throw new Invalid('a Slack message is not sent again; dismiss it, and tell them yourself');
  const name = createHash('sha256').update(`${id}\n${decision}`).digest('hex').slice(0, 40);
  await executions.start(decisionMachine, `${decision}-${name}`, { ...found.message, decision, by });
  log.info('mail decided', { decision, entry: found.message.entry, step: found.message.step });
  return { id, decision };
};
