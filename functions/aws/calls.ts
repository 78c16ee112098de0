import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  DeleteItemCommand,
  type DeleteItemCommandInput,
  type DeleteItemCommandOutput,
  type DynamoDBClient,
  GetItemCommand,
  type GetItemCommandInput,
  type GetItemCommandOutput,
  PutItemCommand,
  type PutItemCommandInput,
  type PutItemCommandOutput,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { leanCall } from './lean.ts';

type Output<T> = Omit<T, '$metadata'>;

/** What this product asks of DynamoDB thousands of times a minute. Attribute values are as on the wire; no bytes. */
export interface Calls {
  getItem(input: GetItemCommandInput): Promise<Output<GetItemCommandOutput>>;
  batchGetItem(input: BatchGetItemCommandInput): Promise<Output<BatchGetItemCommandOutput>>;
  query(input: QueryCommandInput): Promise<Output<QueryCommandOutput>>;
  putItem(input: PutItemCommandInput): Promise<Output<PutItemCommandOutput>>;
  deleteItem(input: DeleteItemCommandInput): Promise<Output<DeleteItemCommandOutput>>;
}

/** By the SDK's own way through its middleware. */
export const sdkCalls = (client: DynamoDBClient): Calls => ({
  getItem: (input) => client.send(new GetItemCommand(input)),
  batchGetItem: (input) => client.send(new BatchGetItemCommand(input)),
  query: (input) => client.send(new QueryCommand(input)),
  putItem: (input) => client.send(new PutItemCommand(input)),
  deleteItem: (input) => client.send(new DeleteItemCommand(input)),
});

/**
 * The same calls without the SDK's middleware: a function makes dozens of them an invocation, and one costs a quarter of
 * the processor's time that it costs through the SDK.
 */
export const leanCalls = (client: DynamoDBClient): Calls => {
  const call = leanCall(client, {
    name: 'dynamodb',
    target: 'DynamoDB_20120810',
    contentType: 'application/x-amz-json-1.0',
  });
  return {
    getItem: (input) => call('GetItem', input),
    batchGetItem: (input) => call('BatchGetItem', input),
    query: (input) => call('Query', input),
    putItem: (input) => call('PutItem', input),
    deleteItem: (input) => call('DeleteItem', input),
  };
};
