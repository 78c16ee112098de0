import { leadIdOf, ownerAt, type Holder } from './identity.ts';

/** When a lead was erased, UTC milliseconds; undefined for one that was not. */
export type ErasedAt = (leadId: string) => number | undefined;

/** Whether a message both happened and came in after an erasure; all instants in UTC milliseconds. */
export const isAfter = (at: number, receivedAt: number, erased: number): boolean =>
  Math.min(at, receivedAt) > erased;

/**
 * Whether a message under this key is of a person whose data was erased: a retry, a replay or a late one, which is
 * refused. What both happened and came in after that is of somebody who comes back.
 * @param at when it occurred, UTC milliseconds; @param receivedAt when it came in
 */
export const isForgotten = (
  holder: Holder | undefined,
  at: number,
  receivedAt: number,
  erasedAt: ErasedAt,
): boolean => {
  const owner = holder === undefined ? null : ownerAt(holder, at);
  const erased = owner === null ? undefined : erasedAt(owner);
  return erased !== undefined && !isAfter(at, receivedAt, erased);
};

/**
 * Who holds the key as far as a message of this instant goes, without those who were erased: where one of them held it
 * then, whoever came next; null where nobody has. A shared browser stays the others'.
 */
export const withoutErased = (holder: Holder, at: number, erasedAt: ErasedAt): Holder | null => {
  const last = holder.owners.findLastIndex(({ since }) => since <= at);
  const place = Math.max(0, last);
  const owner = holder.owners[place];
  const rest =
    owner !== undefined && erasedAt(owner.lead) !== undefined
      ? holder.owners.slice(place + 1)
      : holder.owners;
  const owners = rest.filter(({ lead }) => erasedAt(lead) === undefined);
  return owners.length === 0 ? null : { ...holder, owners };
};

/** Whether nobody but erased leads has held the key: then only its hash is kept. */
export const isAllErased = ({ owners }: Holder, erasedAt: ErasedAt): boolean =>
  owners.every(({ lead }) => erasedAt(lead) !== undefined);

/** The id of a lead whose first key made another one before, that was erased: never the same id twice. */
export const nextLeadId = (leadId: string, erased: number): string =>
  leadIdOf({ kind: 'anonymous', value: `after ${leadId} ${erased}` });
