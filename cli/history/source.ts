import { type HistoryAccounts, type HistoryChunk } from '../../core/impact/history.ts';

/** A history of leads, wherever it lies. */
export interface HistorySource {
  /** In words. @example 'the events of history.ndjson.gz' */
  readonly name: string;
  /** What whoever reads a plan must know about it. */
  readonly note: string | null;
  readonly accounts: HistoryAccounts;
  /** Every lead once, some at a time. */
  chunks(): AsyncIterable<HistoryChunk>;
}
