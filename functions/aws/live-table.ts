import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { leanCalls } from './calls.ts';
import { OFTEN } from './client.ts';
import { openTable, type Table } from './table.ts';

/** The product's table as functions use it; one a function, made where it starts. */
export const liveTable = (name: string): Table => {
  // Set where DynamoDB is somewhere else than at AWS; the SDK would read it too, but only as it sends.
  const endpoint = process.env['AWS_ENDPOINT_URL_DYNAMODB'];
  const client = new DynamoDBClient({ ...OFTEN, ...(endpoint === undefined ? {} : { endpoint }) });
  return openTable(client, name, leanCalls(client));
};
