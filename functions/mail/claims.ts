import { claimTag, type MessageName, OPEN_OUTCOMES, type Outcome } from '../../core/nurture/claim.ts';
import { leadPk, mailKey, unsettledAttributes } from '../aws/keys.ts';
import type { Condition, Item, Table } from '../aws/table.ts';

/** What is known of a message besides its name. */
export interface ClaimNote {
  /** The invocation that made the claim: only it may send. */
  readonly by: string;
  /** UTC milliseconds. */
  readonly at: number;
  readonly journey: string | null;
  readonly email: string;
  readonly subject: string | null;
  /** How often the message was put off before. */
  readonly waits?: number;
}

export interface Settled {
  readonly outcome: Outcome;
  /** What the service calls the message. */
  readonly messageId?: string;
  readonly reason?: string;
}

/** A message that is put off. */
export interface PutOff {
  /** When it is to be asked for again, UTC milliseconds. */
  readonly until: number;
  readonly reason: string;
  /** The place in the account's sending rate that is kept for it, UTC milliseconds. */
  readonly slot?: number;
}

/** A claim as it stands. */
export interface Claim extends Partial<PutOff> {
  /** Null while it is under way, or where nobody knows. */
  readonly outcome: Outcome | null;
  readonly waits: number;
}

export interface Claims {
  /** Consistently; null if nobody claimed it. */
  find(name: MessageName): Promise<Claim | null>;
  /** `mine`: this invocation, and no other, may send now. Else what became of it in other hands. */
  take(name: MessageName, note: ClaimNote): Promise<'mine' | Outcome>;
  /** Notes that the message waits; false if it is claimed or settled by now. */
  putOff(name: MessageName, note: ClaimNote, until: PutOff): Promise<boolean>;
  /** Records what became of a message that is claimed by this note, unless the mail service told meanwhile. */
  settle(name: MessageName, note: ClaimNote, settled: Settled): Promise<void>;
}

/** Nobody has claimed it, or its sender was asked to come back later. */
const FREE: Condition = {
  expression: 'attribute_not_exists(pk) OR #outcome IN (:throttled, :later)',
  names: { '#outcome': 'outcome' },
  values: { ':throttled': 'throttled', ':later': 'later' },
};

/** Nobody knows what became of it. */
export const UNSETTLED = 'attribute_exists(pk) AND (attribute_not_exists(#outcome) OR #outcome = :unknown)';

/**
 * Claims in the table: one item a message, put only if nobody has, or if its sender was asked to come back later. While
 * nobody knows what became of it, a sparse index lists it.
 * @param under the partition of a lead, or of an account
 * @param lists false: of those that nobody needs to decide on
 */
export const tableClaims = (table: Table, under: (id: string) => string = leadPk, lists = true): Claims => {
  const keyOf = ({ leadId, entry, step, visit }: MessageName): { pk: string; sk: string } =>
    mailKey(leadId, entry, step, String(visit), under);
  const itemOf = (name: MessageName, note: ClaimNote): Item => {
    const { entry, step, visit } = name;
    return { ...keyOf(name), entry, step, visit, ...note };
  };
  const listed = (name: MessageName, at: number): Item =>
    lists ? unsettledAttributes(at, claimTag(name), name.leadId) : {};
  return {
    find: async (name) => {
      const item = await table.get(keyOf(name));
      return item === null ? null : claimOf(item);
    },
    take: async (name, note) => {
      if (await table.put({ ...itemOf(name, note), ...listed(name, note.at) }, FREE)) return 'mine';
      // The client may have tried twice: its first put counted, the answer was lost, and the second was refused.
      const item = await table.get(keyOf(name));
      return item?.by === note.by ? 'mine' : ((item?.outcome as Outcome | undefined) ?? 'unknown');
    },
    putOff: (name, note, putOff) =>
      table.put({ ...itemOf(name, note), ...putOff, outcome: 'later' satisfies Outcome }, FREE),
    settle: async (name, note, { reason, ...settled }) => {
      const open = settled.outcome === 'unknown' ? listed(name, note.at) : {};
      await table.put(
        { ...itemOf(name, note), ...open, ...settled, reason: reason?.slice(0, 300) },
        {
          expression: `#by = :by AND ${UNSETTLED}`,
          names: { '#by': 'by', '#outcome': 'outcome' },
          values: { ':by': note.by, ':unknown': 'unknown' },
        },
      );
    },
  };
};

const claimOf = ({ outcome, waits, until, reason, slot }: Item): Claim => ({
  outcome: (outcome as Outcome | undefined) ?? null,
  waits: Number(waits ?? 0),
  ...(typeof until === 'number' ? { until } : {}),
  ...(typeof reason === 'string' ? { reason } : {}),
  ...(typeof slot === 'number' ? { slot } : {}),
});

/** Whether the message may be claimed: nobody has, or its sender was asked to come back. */
export const isFree = (claim: Claim | null): boolean =>
  claim === null || (claim.outcome !== null && OPEN_OUTCOMES.includes(claim.outcome));
