import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { speakPlainly } from '../aws/refusals.ts';
import { Refusal } from '../io.ts';
import { type OpenTable, runningTable, stoppedTable } from './local-table.ts';
import { tableReader } from './table-reader.ts';

/** Which table is meant; at most one of them. */
export interface Asked {
  /** A table of the AWS account that one is signed in to. */
  readonly table?: string | undefined;
  /** Where a local product runs. */
  readonly url?: string | undefined;
  /** Where a local product keeps its state. */
  readonly data: string;
}

const RUNNING = 'http://127.0.0.1:4700';

/** Opens the table that is meant: of AWS, of a product that runs here, or of one that has stopped. */
export async function openTable({ table, url, data }: Asked): Promise<OpenTable> {
  if (table !== undefined && url !== undefined) throw new Refusal('give --table or --url, not both');
  if (table !== undefined) {
    const client = new DynamoDBClient({});
    speakPlainly(client, table);
    const region = await client.config.region().catch(() => '?');
    return {
      reader: tableReader(client, table),
      label: `the table ${table} in ${region}`,
      close: async () => Promise.resolve(client.destroy()),
    };
  }
  if (url !== undefined) return runningTable(url);
  try {
    return await stoppedTable(data);
  } catch (error) {
    // It runs, so ask it.
    if (/is in use/.test((error as Error).message)) return runningTable(RUNNING);
    throw error;
  }
}
