import { readClaimTag, type MessageName } from '../../core/nurture/claim.ts';
import { provedBy } from '../../core/message/wire/ses.ts';
import { accountPk, leadKey, leadPk, mailKey } from '../aws/keys.ts';
import type { Item, Table } from '../aws/table.ts';
import { UNSETTLED } from './claims.ts';

/** What the mail service tells later settles mails of which we do not know what became. */
export type Prove = (event: unknown) => Promise<void>;

/** A merged lead names its survivor, which has a copy of its claims. */
const MERGES = 10;

/**
 * Settles the claim that an SES event names, if nobody knows what became of its mail: a sender that died, or never heard
 * the answer. Reads first: nearly every claim is settled, and then nothing is written.
 */
export const tableProve =
  (table: Table): Prove =>
  async (event) => {
    const proof = provedBy(event);
    const name = proof === null ? null : readClaimTag(proof.id, proof.claim);
    if (proof === null || name === null) return;
    if (proof.of === 'account') {
      const item = await table.get(keyOf(name, accountPk));
      if (item !== null && isUnsettled(item)) await put(table, item, { outcome: proof.outcome, told: 'SES' });
      return;
    }
    let leadId: string | undefined = proof.id;
    for (let hop = 0; hop < MERGES && leadId !== undefined; hop += 1) {
      const item = await table.get(keyOf({ ...name, leadId }));
      if (item !== null && !isUnsettled(item)) return;
      if (item !== null) await put(table, item, { outcome: proof.outcome, told: 'SES' });
      leadId = (await table.get(leadKey(leadId)))?.into as string | undefined;
    }
  };

const keyOf = (
  { leadId, entry, step, visit }: MessageName,
  under: (id: string) => string = leadPk,
): { pk: string; sk: string } => mailKey(leadId, entry, step, String(visit), under);

/** Whether nobody knows what became of a claimed message. */
export const isUnsettled = ({ outcome }: Item): boolean => outcome === undefined || outcome === 'unknown';

/** Writes an outcome unless another is known by now, and takes the claim off the list; whether it was written. */
export const put = (table: Table, item: Item, outcome: Item): Promise<boolean> => {
  const { namePk: _pk, nameSk: _sk, ...rest } = item;
  return table.put(
    { ...rest, ...outcome },
    {
      expression: `${UNSETTLED} AND #by = :by`,
      names: { '#outcome': 'outcome', '#by': 'by' },
      values: { ':unknown': 'unknown', ':by': item.by },
    },
  );
};
