import { resentName, type MessageName, type Outcome } from '../../core/nurture/claim.ts';
import { accountPk, leadPk, mailKey } from '../aws/keys.ts';
import type { Item, Table } from '../aws/table.ts';
import { isUnsettled, put } from './settle.ts';

/** What a person makes of a message of which nobody knows whether it went out. */
export type Decision = 'resend' | 'dismiss';

export interface Unsettled {
  readonly leadId: string | null;
  readonly accountId: string | null;
  readonly entry: string;
  readonly step: string;
  readonly visit: number;
}

export interface Decided {
  readonly outcome: Outcome;
  /** Of a message that is to be sent again: what is known of it. */
  readonly again?: { readonly name: MessageName; readonly journey: string | null; readonly email: string };
}

/** Writes down what a person decided, once; what is settled by then stays as it is. */
export interface Decisions {
  decide(message: Unsettled, decision: Decision, by: string, at: number): Promise<Decided>;
}

export const tableDecisions = (table: Table): Decisions => ({
  decide: async ({ leadId, accountId, entry, step, visit }, decision, by, at) => {
    const id = leadId ?? accountId ?? '';
    const item = await table.get(
      mailKey(id, entry, step, String(visit), leadId === null ? accountPk : leadPk),
    );
    if (item === null) return { outcome: 'stopped' };
    const again = {
      name: resentName({ leadId: id, entry, step, visit }),
      journey: typeof item.journey === 'string' ? item.journey : null,
      email: String(item.email),
    };
    // An earlier try wrote it, and may have stopped before it sent.
    if (item.outcome === 'resent' && decision === 'resend') return { outcome: 'resent', again };
    if (!isUnsettled(item)) return { outcome: outcomeOf(item) };
    const outcome: Outcome = decision === 'resend' ? 'resent' : 'dismissed';
    if (await put(table, item, { outcome, decidedBy: by, decidedAt: at }))
      return { outcome, ...(decision === 'resend' ? { again } : {}) };
    // Somebody else was first, or the mail service told what became of it.
    const now = await table.get(
      mailKey(id, entry, step, String(visit), leadId === null ? accountPk : leadPk),
    );
    return { outcome: now === null ? 'stopped' : outcomeOf(now) };
  },
});

const outcomeOf = ({ outcome }: Item): Outcome => (outcome as Outcome | undefined) ?? 'unknown';
