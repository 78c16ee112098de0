import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { openTable, type Table } from '../../functions/aws/table.ts';
import { startDynamodb } from '../../local/dynamodb.ts';
import { bench, client } from '../local/surroundings.ts';

export const INDEXES = ['due', 'band', 'name', 'account', 'handoff'] as const;

export interface TestTable {
  readonly table: Table;
  readonly client: DynamoDBClient;
  stop(): Promise<void>;
}

/** The product's table on the embedded DynamoDB, in a folder of its own. */
export const startTable = async (): Promise<TestTable> => {
  const around = bench();
  const service = await startDynamodb(around);
  const dynamodb = new DynamoDBClient(client(service.endpoint));
  const text = (name: string) => ({ AttributeName: name, AttributeType: 'S' }) as const;
  const keys = (pk: string, sk: string) =>
    [
      { AttributeName: pk, KeyType: 'HASH' },
      { AttributeName: sk, KeyType: 'RANGE' },
    ] as const;
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'kindling',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', ...INDEXES.flatMap((name) => [`${name}Pk`, `${name}Sk`])].map(text),
      KeySchema: [...keys('pk', 'sk')],
      GlobalSecondaryIndexes: INDEXES.map((name) => ({
        IndexName: name,
        KeySchema: [...keys(`${name}Pk`, `${name}Sk`)],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      })),
    }),
  );
  return {
    table: openTable(dynamodb, 'kindling'),
    client: dynamodb,
    stop: async () => {
      dynamodb.destroy();
      await service.stop();
      around.remove();
    },
  };
};
