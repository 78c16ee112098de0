import { isDeepStrictEqual } from 'node:util';
import { type Resource } from '../service.ts';
import { REGION } from '../template/identity.ts';

interface Index {
  readonly IndexName: string;
  readonly KeySchema: unknown;
  readonly Projection: unknown;
}
const indexOf = ({ IndexName, KeySchema, Projection }: Index): Index => ({
  IndexName,
  KeySchema,
  Projection,
});

/** One request to DynamoDB, signed with a key that is known but not with a signature: ours look only at the key. */
const dynamodb = async (
  endpoint: string,
  keyId: string,
  operation: string,
  input: unknown,
): Promise<unknown> => {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=${keyId}/20260101/${REGION}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  const answer = (await response.json()) as { __type?: string; message?: string; Message?: string };
  if (response.ok) return answer;
  const name = (answer.__type ?? 'Error').replace(/^.*#/, '');
  throw Object.assign(new Error(`${operation}: ${answer.message ?? answer.Message ?? name}`), { name });
};

/** Creates the template's tables where they are missing, and the indexes that a table does not have yet.
 *  @param keyId an access key with every right */
export const deployTables = async (
  tables: readonly Resource[],
  endpoint: string,
  keyId: string,
): Promise<void> => {
  const call = (operation: string, input: unknown) => dynamodb(endpoint, keyId, operation, input);
  const describe = async (TableName: string) =>
    (
      (await call('DescribeTable', { TableName })) as {
        Table: {
          TableStatus: string;
          KeySchema: unknown;
          GlobalSecondaryIndexes?: (Index & { IndexStatus?: string })[];
        };
      }
    ).Table;
  const active = async (TableName: string): Promise<void> => {
    for (;;) {
      const { TableStatus: status, GlobalSecondaryIndexes: indexes = [] } = await describe(TableName);
      if (status === 'ACTIVE' && indexes.every(({ IndexStatus: each = 'ACTIVE' }) => each === 'ACTIVE'))
        return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  for (const { name: TableName, logicalId, properties } of tables) {
    const { AttributeDefinitions, KeySchema, TimeToLiveSpecification } = properties;
    const indexes = ((properties.GlobalSecondaryIndexes ?? []) as Index[]).map(indexOf);
    const there = await describe(TableName).catch((error: Error) => {
      if (error.name === 'ResourceNotFoundException') return undefined;
      throw error;
    });
    if (!there) {
      await call('CreateTable', {
        TableName,
        AttributeDefinitions: AttributeDefinitions as unknown,
        KeySchema: KeySchema as unknown,
        BillingMode: 'PAY_PER_REQUEST',
        ...(indexes.length > 0 ? { GlobalSecondaryIndexes: indexes } : {}),
      });
      await active(TableName);
      if (TimeToLiveSpecification) {
        // The embedded store has no expiry of its own: readers check it.
        await call('UpdateTimeToLive', {
          TableName,
          TimeToLiveSpecification: TimeToLiveSpecification as unknown,
        }).catch((error: Error) => {
          if (!/Unknown|Validation|Unsupported/.test(error.name)) throw error;
        });
      }
      continue;
    }
    if (!isDeepStrictEqual(there.KeySchema, KeySchema)) {
      throw new Error(
        `Table ${logicalId} was made with other keys by another version: begin with a fresh data folder.`,
      );
    }
    for (const index of indexes) {
      if (there.GlobalSecondaryIndexes?.some(({ IndexName }) => IndexName === index.IndexName)) continue;
      await call('UpdateTable', {
        TableName,
        AttributeDefinitions: AttributeDefinitions as unknown,
        GlobalSecondaryIndexUpdates: [{ Create: index }],
      });
      await active(TableName);
    }
  }
};
