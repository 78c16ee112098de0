import type { MessageName, Outcome } from '../../core/nurture/claim.ts';
import { leadPk, mailKey } from '../aws/keys.ts';
import type { Table } from '../aws/table.ts';

/** What is known of a message besides its name. */
export interface ClaimNote {
  /** The invocation that made the claim: only it may send. */
  readonly by: string;
  /** UTC milliseconds. */
  readonly at: number;
  readonly journey: string | null;
  readonly email: string;
  readonly subject: string | null;
}

export interface Settled {
  readonly outcome: Outcome;
  /** What the service calls the message. */
  readonly messageId?: string;
  readonly reason?: string;
}

export interface Claims {
  /** `mine`: this invocation, and no other, may send now. Else what became of it in other hands. */
  take(name: MessageName, note: ClaimNote): Promise<'mine' | Outcome>;
  /** Records what became of a message that is claimed by this note. */
  settle(name: MessageName, note: ClaimNote, settled: Settled): Promise<void>;
}

/**
 * Claims in the table: one item a message, put only if nobody has, or if its sender was asked to come back later.
 * @param under the partition of a lead, or of an account
 */
export const tableClaims = (table: Table, under: (id: string) => string = leadPk): Claims => {
  const keyOf = ({ leadId, entry, step, visit }: MessageName): { pk: string; sk: string } =>
    mailKey(leadId, entry, step, String(visit), under);
  const itemOf = (name: MessageName, note: ClaimNote): Record<string, unknown> => {
    const { entry, step, visit } = name;
    return { ...keyOf(name), entry, step, visit, ...note };
  };
  return {
    take: async (name, note) => {
      const taken = await table.put(itemOf(name, note), {
        expression: 'attribute_not_exists(pk) OR #outcome = :throttled',
        names: { '#outcome': 'outcome' },
        values: { ':throttled': 'throttled' },
      });
      if (taken) return 'mine';
      // The client may have tried twice: its first put counted, the answer was lost, and the second was refused.
      const item = await table.get(keyOf(name));
      return item?.by === note.by ? 'mine' : ((item?.outcome as Outcome | undefined) ?? 'unknown');
    },
    settle: async (name, note, { reason, ...settled }) => {
      await table.put(
        { ...itemOf(name, note), ...settled, reason: reason?.slice(0, 300) },
        { expression: '#by = :by', names: { '#by': 'by' }, values: { ':by': note.by } },
      );
    },
  };
};
