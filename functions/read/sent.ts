import type { HandoffView } from '../../core/view/handoff.ts';
import type { MailView } from '../../core/view/mail.ts';
import { accountPk, HANDOFF_PREFIX, leadPk, MAIL_PREFIX } from '../aws/keys.ts';
import type { Item, Table } from '../aws/table.ts';
import { recordOf, refOfItem } from '../handoffs/standing.ts';
import { handoffView } from './handoffs.ts';
import type { Sent } from './ports.ts';

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** Newest first. */
const byTime = (a: { readonly at: number }, b: { readonly at: number }): number => b.at - a.at;

/** Claims and handoffs as they lie under their lead or account. */
export const tableSent = (table: Table): Sent => {
  const under = async (pk: string, prefix: string): Promise<readonly Item[]> => {
    const found: Item[] = [];
    const pages = table.query({
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      values: { ':pk': pk, ':prefix': prefix },
    });
    for await (const items of pages) found.push(...items);
    return found;
  };
  return {
    mails: async (leadId) => (await under(leadPk(leadId), MAIL_PREFIX)).map(mailOf).sort(byTime),
    handoffs: async (leadId) => (await under(leadPk(leadId), HANDOFF_PREFIX)).map(handoffOf).sort(byTime),
    handoffsOfAccount: async (accountId) =>
      (await under(accountPk(accountId), HANDOFF_PREFIX)).map(handoffOf).sort(byTime),
  };
};

/** A claim without an outcome may have gone out, or not: nobody knows. */
const mailOf = (item: Item): MailView => ({
  journey: textOf(item.journey),
  step: textOf(item.step) ?? '',
  email: textOf(item.email) ?? '',
  subject: textOf(item.subject),
  at: numberOf(item.at),
  outcome: textOf(item.outcome) ?? 'unknown',
});

const handoffOf = (item: Item): HandoffView => handoffView(refOfItem(item), recordOf(item));
