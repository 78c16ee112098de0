import type { LeadEvent } from '../event.ts';
import type { AccountHistory } from '../history.ts';
import { compareEvents, inOrder } from './order.ts';

/** A message about an account. */
export interface Said {
  readonly id: string;
  readonly event: LeadEvent;
}

/** What everybody says of accounts until an instant, each message once and in order. */
export const saidOf = (accounts: readonly AccountHistory[], until: number): Said[] => {
  const said = accounts.flatMap(({ id, events }) =>
    inOrder(events, -Infinity, until).map((event) => ({ id, event })),
  );
  return accounts.length > 1 ? said.sort((a, b) => compareEvents(a.event, b.event)) : said;
};
