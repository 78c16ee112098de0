import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { startDynamodb } from '../../local/dynamodb.ts';
import { openFolder } from '../../local/folder.ts';
import { type Principal } from '../../local/service.ts';
import { Refusal } from '../io.ts';
import { tableReader, type TableReader } from './table-reader.ts';

/** A table that is open, and what it is called. */
export interface OpenTable {
  readonly reader: TableReader;
  /** @example 'the local product in .kindling' */
  readonly label: string;
  readonly close: () => Promise<void>;
}

/** Asks a product that runs on this machine. */
export async function runningTable(url: string): Promise<OpenTable> {
  const sdk = clientOf(`${url.replace(/\/$/, '')}/_local/dynamodb`);
  try {
    const reader = tableReader(sdk, await onlyTable(sdk));
    return {
      reader,
      label: `the local product at ${url}`,
      close: async () => Promise.resolve(sdk.destroy()),
    };
  } catch (error) {
    sdk.destroy();
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED')
      throw new Refusal(`nothing answers at ${url}; is the product running?`, { cause: error });
    throw new Refusal(`no product of this machine answers at ${url}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Opens the table of a product on this machine that has stopped. @param data its data folder */
export async function stoppedTable(data: string): Promise<OpenTable> {
  const dir = join(data, 'dynamodb');
  if (!existsSync(dir))
    throw new Refusal(
      `${data} holds no data of a local product; name a table of AWS with --table, or another folder with --data`,
    );
  const folder = openFolder(resolve(data));
  try {
    const access = { identify: () => NOBODY, allow: () => {} };
    const clock = { now: Date.now, virtual: false, set: () => {}, goReal: () => {} };
    const dynamodb = await startDynamodb({ dir, clock, access, changed: () => {}, log: () => {} });
    const sdk = clientOf(dynamodb.endpoint);
    const close = async (): Promise<void> => {
      sdk.destroy();
      await dynamodb.stop();
      folder.release();
    };
    return { reader: tableReader(sdk, await onlyTable(sdk)), label: `the local product in ${data}`, close };
  } catch (error) {
    folder.release();
    throw error;
  }
}

/** Whoever opens the files needs no permission from them. */
const NOBODY: Principal = { kind: 'function', name: 'history', roleArn: '' };

const clientOf = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

async function onlyTable(sdk: DynamoDBClient): Promise<string> {
  const { TableNames = [] } = await sdk.send(new ListTablesCommand({}));
  const [name] = TableNames;
  if (name === undefined) throw new Refusal('the local product has no table yet: start it once');
  return name;
}
