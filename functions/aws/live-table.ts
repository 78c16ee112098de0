import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { often, OFTEN } from './client.ts';
import { openTable, type Table } from './table.ts';

/** The product's table as functions use it; one a function, made where it starts. */
export const liveTable = (name: string): Table => openTable(often(new DynamoDBClient(OFTEN)), name);
