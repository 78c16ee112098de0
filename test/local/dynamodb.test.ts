import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startDynamodb } from '../../local/dynamodb.ts';
import { openStore } from '../../local/dynamodb/store.ts';
import { type Dynamodb } from '../../local/service.ts';
import { bench, client, type Bench } from './surroundings.ts';

const TABLE = 'leads';
const createTable = new CreateTableCommand({
  TableName: TABLE,
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: ['pk', 'sk', 'bandPk', 'bandSk'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  GlobalSecondaryIndexes: [
    {
      IndexName: 'band',
      KeySchema: [
        { AttributeName: 'bandPk', KeyType: 'HASH' },
        { AttributeName: 'bandSk', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
});

const item = (lead: number, band?: string): Record<string, AttributeValue> => ({
  pk: { S: `LEAD#${lead}` },
  sk: { S: 'LEAD' },
  ...(band === undefined ? {} : { bandPk: { S: band }, bandSk: { S: `since#${lead}` } }),
});
const put = (Item: Record<string, AttributeValue>) =>
  new PutItemCommand({ TableName: TABLE, Item, ReturnConsumedCapacity: 'TOTAL' });
const band = (name: string) =>
  new QueryCommand({
    TableName: TABLE,
    IndexName: 'band',
    KeyConditionExpression: 'bandPk = :band',
    ExpressionAttributeValues: { ':band': { S: name } },
  });

describe('the embedded DynamoDB', () => {
  let place: Bench;
  let service: Dynamodb;
  let db: DynamoDBClient;
  const start = async (): Promise<void> => {
    service = await startDynamodb(place);
    db = new DynamoDBClient(client(service.endpoint));
  };
  beforeEach(async () => {
    place = bench();
    await start();
    await db.send(createTable);
  });
  afterEach(async () => {
    await service.stop();
    place.remove();
  });

  test('has what was written after a restart', async () => {
    await db.send(put(item(1, 'warm')));
    await service.stop();
    await start();
    expect((await db.send(band('warm'))).Items).toEqual([item(1, 'warm')]);
  });

  test('has a table that was made just before a kill', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const input = { ...createTable.input, TableName: 'late' };
    await db.send(new CreateTableCommand(input)).finally(() => vi.useRealTimers());
    await service.stop();
    await start();
    await db.send(new PutItemCommand({ TableName: 'late', Item: item(1, 'warm') }));
    const { Table } = await db.send(new DescribeTableCommand({ TableName: 'late' }));
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      GlobalSecondaryIndexes: [{ IndexStatus: 'ACTIVE' }],
    });
  });

  test('puts on a condition, updates, and moves index entries with their item', async () => {
    await db.send(put(item(1, 'warm')));
    const again = new PutItemCommand({
      TableName: TABLE,
      Item: item(1),
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    await expect(db.send(again)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    const updated = await db.send(
      new UpdateItemCommand({
        TableName: TABLE,
        Key: { pk: { S: 'LEAD#1' }, sk: { S: 'LEAD' } },
        UpdateExpression: 'SET bandPk = :hot, score = :score',
        ConditionExpression: 'bandPk = :warm',
        ExpressionAttributeValues: { ':hot': { S: 'hot' }, ':warm': { S: 'warm' }, ':score': { N: '12.5' } },
        ReturnValues: 'ALL_NEW',
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    expect(updated.Attributes!['score']).toEqual({ N: '12.5' });
    expect(updated.ConsumedCapacity!.CapacityUnits).toBe(1);
    expect((await db.send(band('warm'))).Items).toEqual([]);
    expect((await db.send(band('hot'))).Items).toEqual([item(1, 'hot')]);
    await db.send(put(item(1)));
    expect((await db.send(band('hot'))).Items).toEqual([]);
  });

  test('reads and writes batches, and pages through more than a chunk, both ways', async () => {
    for (let from = 0; from < 250; from += 25)
      await db.send(
        new BatchWriteItemCommand({
          RequestItems: {
            [TABLE]: Array.from({ length: 25 }, (_, at) => ({
              PutRequest: {
                Item: { pk: { S: 'LEAD#1' }, sk: { S: `EVT#${String(from + at).padStart(4, '0')}` } },
              },
            })),
          },
        }),
      );
    const got = await db.send(
      new BatchGetItemCommand({
        RequestItems: {
          [TABLE]: {
            Keys: [0, 249, 999].map((at) => ({
              pk: { S: 'LEAD#1' },
              sk: { S: `EVT#${String(at).padStart(4, '0')}` },
            })),
          },
        },
      }),
    );
    expect(got.Responses![TABLE]).toHaveLength(2);
    for (const ScanIndexForward of [true, false]) {
      const seen: string[] = [];
      let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
      do {
        const page = await db.send(
          new QueryCommand({
            TableName: TABLE,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :event)',
            ExpressionAttributeValues: { ':pk': { S: 'LEAD#1' }, ':event': { S: 'EVT#' } },
            ConsistentRead: true,
            ScanIndexForward,
            Limit: 120,
            ExclusiveStartKey,
          }),
        );
        seen.push(...page.Items!.map(({ sk }) => sk!.S!));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      const sorted = Array.from({ length: 250 }, (_, at) => `EVT#${String(at).padStart(4, '0')}`);
      expect(seen).toEqual(ScanIndexForward ? sorted : sorted.reverse());
    }
    const all = await db.send(new ScanCommand({ TableName: TABLE, Select: 'COUNT' }));
    expect(all.Count).toBe(250);
  });

  test('records each action with its table or index and who did it, and refuses what is denied', async () => {
    await db.send(put(item(1, 'warm')));
    await db.send(band('warm'));
    const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/leads';
    const principal = { kind: 'function', name: 'score', roleArn: 'arn:aws:iam::000000000000:role/score' };
    expect(place.access.seen.slice(1)).toEqual([
      { principal, action: 'dynamodb:PutItem', resource: table },
      { principal, action: 'dynamodb:Query', resource: `${table}/index/band` },
    ]);
    place.access.denied.add('dynamodb:PutItem');
    await expect(db.send(put(item(2)))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const scanned = await db.send(new ScanCommand({ TableName: TABLE }));
    expect(scanned.Count).toBe(1);
  });

  test('a client that goes away half way, over and over, costs only itself', async () => {
    const { port } = new URL(service.endpoint);
    const body = JSON.stringify({ TableName: TABLE, Item: item(7) });
    for (let at = 0; at < 200; at++) {
      const socket = connect(Number(port), '127.0.0.1');
      await once(socket, 'connect');
      socket.write(
        `POST / HTTP/1.1\r\nhost: x\r\nauthorization: AWS4-HMAC-SHA256 Credential=score/x\r\n` +
          `x-amz-target: DynamoDB_20120810.PutItem\r\ncontent-type: application/x-amz-json-1.0\r\n` +
          `content-length: ${body.length}\r\n\r\n${body.slice(0, at % 3 === 0 ? body.length : at % body.length)}`,
      );
      if (at % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
    }
    await db.send(put(item(8)));
    const scanned = await db.send(new ScanCommand({ TableName: TABLE }));
    expect(scanned.Items!.map(({ pk }) => pk!.S)).toContain('LEAD#8');
  });

  test.each<[string, string]>([
    ['no JSON', '{"cut'],
    [
      'nesting of 5,000',
      `{"TableName":"leads","Item":{"pk":${'{"L":['.repeat(5_000)}${']}'.repeat(5_000)}}}`,
    ],
    ['a list', '[]'],
    ['null', 'null'],
    ['a number too big', '{"TableName":"leads","Item":{"pk":{"S":"a"},"sk":{"S":"b"},"n":{"N":"1e400"}}}'],
    ['types of nothing', '{"TableName":"leads","Item":{"pk":{"S":"a"},"sk":{"S":"b"},"n":{"X":1}}}'],
  ])('answers %s with an error of the sender, and lives on', async (_name, body) => {
    const response = await fetch(service.endpoint, {
      method: 'POST',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=score/x, SignedHeaders=host, Signature=x',
        'x-amz-date': '20260101T000000Z',
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.PutItem',
      },
      body,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: expect.stringMatching(/Exception$/) as string });
    await db.send(put(item(1)));
  });

  test('passes requests on to another DynamoDB, signed anew', async () => {
    await db.send(put(item(1, 'warm')));
    const seen: string[] = [];
    const spy = createServer((request, response) => {
      seen.push(String(request.headers.authorization));
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        void fetch(service.endpoint, {
          method: 'POST',
          headers: request.headers as Record<string, string>,
          body: Buffer.concat(chunks),
        }).then(async (answer) => {
          response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
          response.end(await answer.text());
        });
      });
    });
    await new Promise<void>((resolve) => spy.listen(0, '127.0.0.1', resolve));
    const other = bench();
    const upstream = `http://127.0.0.1:${(spy.address() as AddressInfo).port}`;
    const proxy = await startDynamodb({ ...other, upstream });
    try {
      const through = new DynamoDBClient(client(proxy.endpoint));
      expect((await through.send(band('warm'))).Items).toEqual([item(1, 'warm')]);
      expect(seen).toHaveLength(1);
      expect(seen[0]).not.toContain('Credential=score/');
      expect(other.access.seen.map(({ action }) => action)).toEqual(['dynamodb:Query']);
    } finally {
      await proxy.stop();
      spy.close();
      spy.closeAllConnections();
      other.remove();
    }
  });
});

test('every query closes its iterator, also one that stops before the end', async () => {
  const place = bench();
  const store = await openStore(place.dir);
  const ask = (operation: string, input: object) =>
    store.handle({ operation }, JSON.parse(JSON.stringify(input)));
  await ask('CreateTable', createTable.input);
  for (let lead = 0; lead < 20; lead++) await ask('PutItem', put(item(lead, 'warm')).input);
  const { AbstractLevel, AbstractValueIterator } = createRequire(import.meta.url)('abstract-level') as {
    AbstractLevel: { prototype: { values(): object } };
    AbstractValueIterator: { prototype: { close(): Promise<void> } };
  };
  const opened = vi.spyOn(AbstractLevel.prototype, 'values');
  const closed = vi.spyOn(AbstractValueIterator.prototype, 'close');
  try {
    for (const Limit of [1, 2, 19, 20, 21, undefined])
      expect(await ask('Query', { ...band('warm').input, Limit })).toMatchObject({ status: 200 });
    await ask('Scan', { TableName: TABLE, Limit: 3 });
    await vi.waitFor(() => expect(new Set(closed.mock.contexts).size).toBe(7));
    expect(opened).toHaveBeenCalledTimes(7);
  } finally {
    vi.restoreAllMocks();
    await store.close();
    place.remove();
  }
});

describe('a DynamoDB that is killed', () => {
  let child: ChildProcess | undefined;
  afterEach(() => void child?.kill('SIGKILL'));

  const spawnChild = async (dir: string): Promise<DynamoDBClient> => {
    child = spawn(process.execPath, ['--no-warnings', join(import.meta.dirname, 'dynamodb-child.ts'), dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout! });
    const [endpoint] = (await once(lines, 'line')) as [string];
    return new DynamoDBClient(client(endpoint));
  };

  test('loses nothing that it acknowledged, and index and table agree', { timeout: 60_000 }, async () => {
    const place = bench();
    const acknowledged = new Map<number, string>();
    const bands = ['cold', 'warm', 'hot'];
    try {
      let db = await spawnChild(place.dir);
      await db.send(createTable);
      for (let round = 0; round < 4; round++) {
        let running = true;
        const writer = async (mine: number): Promise<void> => {
          for (let turn = 0; running; turn++) {
            const lead = mine * 20 + (turn % 20);
            const next = bands[(turn + round) % 3]!;
            try {
              acknowledged.delete(lead);
              await db.send(put(item(lead, next)));
              acknowledged.set(lead, next);
            } catch {
              return;
            }
          }
        };
        const writers = Array.from({ length: 8 }, (_, mine) => writer(mine));
        await new Promise((resolve) => setTimeout(resolve, 300 + 200 * round));
        child!.kill('SIGKILL');
        running = false;
        await Promise.all(writers);
        db = await spawnChild(place.dir);
        const table = (await db.send(new ScanCommand({ TableName: TABLE, ConsistentRead: true }))).Items!;
        const index = (await Promise.all(bands.map((name) => db.send(band(name))))).flatMap(
          ({ Items }) => Items!,
        );
        const keyed = (items: Record<string, AttributeValue>[]) =>
          items.map(({ pk, bandPk, bandSk }) => `${pk!.S} ${bandPk!.S} ${bandSk!.S}`).sort();
        expect(keyed(index)).toEqual(keyed(table));
        for (const [lead, name] of acknowledged)
          expect(table.find(({ pk }) => pk!.S === `LEAD#${lead}`)?.['bandPk']).toEqual({ S: name });
        expect(table.length).toBeGreaterThan(0);
      }
    } finally {
      child?.kill('SIGKILL');
      place.remove();
    }
  });
});
