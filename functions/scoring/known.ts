import type { History } from '../../core/history.ts';
import { nothingSaidLate } from '../../core/engine/said.ts';
import type { Lead } from '../../core/lead.ts';
import { withAccounts } from '../accounts/said.ts';
import type { Accounts, Leads, LiveRuleset, LogEntry } from '../ports.ts';
import { readLog, type Read } from './read.ts';

export interface KnownPorts {
  readonly leads: Pick<Leads, 'log'>;
  readonly accounts: Pick<Accounts, 'history'>;
}

/** A lead's log as far as it must be read, with what is said of its accounts where rules look at them. */
export interface Known extends Read {
  readonly history: History;
  /** Whether the lead names a snapshot that no longer holds, so that whoever reads it next reads the whole log, too. */
  readonly saidLate: boolean;
}

/**
 * Reads what a lead is scored from. Where something was said of an account of its after the snapshot was made, dated
 * before it, the whole log is read: the band that the snapshot remembers rests on what was known then.
 * @param read what was read of the log before, if that still holds
 * @param now UTC milliseconds
 */
export const readKnown = async (
  { leads, accounts }: KnownPorts,
  lead: Lead,
  live: LiveRuleset,
  now: number,
  { brought = [], whole = false, read }: Reading = {},
): Promise<Known> => {
  const log = read ?? (await readLog(leads, lead, live.hash, brought, whole));
  if (!live.readsAccounts) return { ...log, saidLate: false };
  const history = await withAccounts(accounts, live.engine, log.history, now);
  if (nothingSaidLate(history.snapshot, history.accounts)) return { ...log, history, saidLate: false };
  const all = await readLog(leads, lead, live.hash, brought, true);
  return { ...all, history: await withAccounts(accounts, live.engine, all.history, now), saidLate: true };
};

interface Reading {
  /** What the caller has put into the log. @default nothing */
  readonly brought?: readonly LogEntry[];
  /** @default as far as the snapshot does not tell */
  readonly whole?: boolean;
  /** @default it is read */
  readonly read?: Read;
}
