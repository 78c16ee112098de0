import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { isSaidOnce } from '../../core/nurture/mail-names.ts';
import { Conflict, Invalid, NotFound } from '../errors.ts';
import { type HttpRequest, readJson } from '../http.ts';
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

const CALLED: Readonly<Record<string, string>> = {
  note: 'a team',
  slack: 'Slack',
  teams: 'Teams',
  webhook: 'a webhook',
};

export interface DecisionTaken {
  readonly id: string;
  readonly decision: 'resend' | 'dismiss';
}

/** Why they decided so, for whoever reads the log; nothing has to be said. */
const Said = z.strictObject({ why: z.optional(z.string().check(z.maxLength(500))) });

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
  const said = z.safeParse(Said, request.body.length === 0 ? {} : readJson(request.body));
  if (!said.success) throw new Invalid('the body may hold `why`, a text of at most 500 letters, and no more');
  if (found.settled === 'under way') throw new Conflict('this mail is on its way; look again in two minutes');
  if (found.settled !== null && !(decision === 'resend' && found.settled === 'resent'))
    throw new Conflict(`nothing is open about this mail any more: it is ${found.settled}`);
  if (decision === 'resend' && isSaidOnce(found.email))
    throw new Invalid(
      `what went to ${CALLED[found.email] ?? found.email} is not sent again; dismiss it, and tell them yourself`,
    );
  const name = createHash('sha256').update(`${id}\n${decision}`).digest('hex').slice(0, 40);
  await executions.start(decisionMachine, `${decision}-${name}`, { ...found.message, decision, by });
  const { entry, step } = found.message;
  const { why } = said.data;
  log.info('mail decided', { decision, by, entry, step, ...(why === undefined ? {} : { why }) });
  return { id, decision };
};
