import { createHash } from 'node:crypto';
import type { Morning } from '../../core/handoff/morning.ts';
import { morningKey } from '../aws/keys.ts';
import { NEW, type Table } from '../aws/table.ts';

/** A morning as it is kept: what its mail says, under which rules. One of an earlier version has no accounts. */
export interface KeptMorning extends Omit<Morning, 'accounts'>, Partial<Pick<Morning, 'accounts'>> {
  readonly ruleset: string;
}

/** What owners are told in the morning: one an owner and day, and the first that is kept stays. */
export interface Mornings {
  find(who: string, day: string): Promise<KeptMorning | null>;
  /** Answers what is there afterwards. */
  keep(who: string, day: string, morning: KeptMorning): Promise<KeptMorning>;
}

/** How long it is kept, ms: longer than anybody tries to send it. */
const KEPT = 7 * 86_400_000;

/** Stands for an address where that is not to be read. */
export const whoIs = (email: string): string =>
  createHash('sha256').update(email.toLowerCase()).digest('hex').slice(0, 32);

export const tableMornings = (table: Table): Mornings => {
  const find: Mornings['find'] = async (who, day) =>
    ((await table.get(morningKey(who, day)))?.morning as KeptMorning | undefined) ?? null;
  return {
    find,
    keep: async (who, day, morning) => {
      const ttl = Math.floor((morning.at + KEPT) / 1000);
      if (await table.put({ ...morningKey(who, day), morning, ttl }, NEW)) return morning;
      return (await find(who, day)) ?? morning;
    },
  };
};
