import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

/** Conditional puts per second of event-sized items, by one client, into the bare embedded DynamoDB. */
export async function conditionalPuts(count: number, concurrency: number): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'kindling-bare-'));
  const child = fork(join(import.meta.dirname, 'bare-dynamodb.ts'), [dir], { execArgv: ['--no-warnings'] });
  try {
    const [{ endpoint }] = (await once(child, 'message')) as [{ endpoint: string }];
    const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
    const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
    await client.send(
      new CreateTableCommand({
        TableName: 'bench',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
    let next = 0;
    const start = performance.now();
    const work = async (): Promise<void> => {
      while (next < count) {
        const n = next++;
        await client.send(
          new PutItemCommand({
            TableName: 'bench',
            Item: {
              pk: { S: `LEAD#${n % 500}` },
              sk: { S: `EVT#2026-05-04T08:00:00.000Z#message-${n}` },
              event: {
                S: JSON.stringify({ type: 'page', name: 'page', properties: { path: `/page/${n}` } }),
              },
              at: { N: '1777881600000' },
            },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        );
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    return count / ((performance.now() - start) / 1000);
  } finally {
    child.disconnect();
    await rm(dir, { recursive: true, force: true });
  }
}
