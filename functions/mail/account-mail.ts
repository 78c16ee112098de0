import { createHash } from 'node:crypto';
import type { AccountBrief } from '../../core/accounts/account-handoff.ts';
import { accountTag, handoffEntry } from '../../core/nurture/claim.ts';
import { ACCOUNT_HANDOFF_EMAIL } from '../../core/nurture/mail-names.ts';
import { answerLinks } from '../handoffs/answer-links.ts';
import type { Handoffs } from '../handoffs/handoffs.ts';
import type { Claims, Settled } from './claims.ts';
import { gateToSales, type PacePorts } from './gate.ts';
import { outgoing, messageIdOf, type Ready, template, type TemplatePorts } from './ready.ts';
import { render } from '../../core/mail/render.ts';
import { accountHandoffVariables } from '../../core/mail/variables.ts';

export interface AccountMailPorts extends TemplatePorts, PacePorts {
  readonly clock: { now(): number };
  readonly linkSecret: () => Promise<string>;
  readonly accountHandoffs: Pick<Handoffs<AccountBrief>, 'find'>;
  /** Of accounts. */
  readonly accountClaims: Claims;
  /** Without a slash at the end. */
  readonly publicUrl: string;
}

export interface AccountMail {
  readonly accountId: string;
  readonly entry: number;
  readonly ruleset: string;
  readonly step: string;
  readonly visit: number;
}

/** The mail that tells an owner of an account which its people qualified together. */
export const prepareAccountHandoff = async (
  ports: AccountMailPorts,
  { accountId, entry, ruleset, step, visit }: AccountMail,
): Promise<Ready | Settled> => {
  const record = await ports.accountHandoffs.find(accountId, entry);
  if (record?.state !== 'open') return { outcome: 'stopped', reason: 'not open' };
  const { email, sender, timeZone } = await template(ports, ruleset, ACCOUNT_HANDOFF_EMAIL);
  const ref = { of: 'account', id: accountId, entry } as const;
  const answer = await answerLinks(ports, ref, record, ports.clock.now());
  const rendered = render(email, accountHandoffVariables(record, sender, ports.publicUrl, timeZone, answer));
  const name = { leadId: accountId, entry: handoffEntry(entry), step, visit };
  const envelope = {
    from: sender,
    to: record.owner,
    // An account's id may hold anything.
    messageId: messageIdOf({ ...name, leadId: `account-${shortHash(accountId)}` }, sender),
  };
  return {
    name,
    claims: ports.accountClaims,
    journey: null,
    email: ACCOUNT_HANDOFF_EMAIL,
    subject: rendered.subject,
    // No lead did anything where sales opens this; what SES tells of it settles its claim.
    mail: await outgoing(envelope, rendered, name, {
      email: ACCOUNT_HANDOFF_EMAIL,
      ...accountTag(accountId),
    }),
    gate: gateToSales(ports),
    stays: async () => {
      const now = await ports.accountHandoffs.find(accountId, entry);
      return now?.state === 'open' ? null : { outcome: 'stopped', reason: 'not open' };
    },
  };
};

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
