import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { OFTEN } from './client.ts';
import { openTable, type Table } from './table.ts';

/** The product's table as functions use it; one a function, made where it starts. */
export const liveTable = (name: string): Table => openTable(new DynamoDBClient(OFTEN), name);
