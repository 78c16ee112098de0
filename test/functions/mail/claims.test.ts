import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTable } from '../../../functions/aws/table.ts';
import { type ClaimNote, type Claims, tableClaims } from '../../../functions/mail/claims.ts';
import { NOW, startTable, type TestTable } from '../nurture.ts';

let store: TestTable;
let claims: Claims;
beforeAll(async () => {
  store = await startTable();
  claims = tableClaims(store.table);
});
afterAll(() => store.stop());

const name = (leadId: string): { leadId: string; entry: string; step: string; visit: number } => ({
  leadId,
  entry: 'e1',
  step: '2',
  visit: 0,
});
const note = (by: string): ClaimNote => ({ by, at: NOW, journey: 'warm-up', email: 'trial', subject: 'Hi' });

test('of ten at once one may send', async () => {
  const taken = await Promise.all(
    Array.from({ length: 10 }, (_, n) => claims.take(name('a'), note(`i${n}`))),
  );
  expect(taken.filter((each) => each === 'mine')).toHaveLength(1);
  expect(taken.filter((each) => each === 'unknown')).toHaveLength(9);
});

test('a claim without an outcome is unknown, with one it says it', async () => {
  await claims.take(name('b'), note('first'));
  expect(await claims.take(name('b'), note('second'))).toBe('unknown');
  await claims.settle(name('b'), note('first'), { outcome: 'sent', messageId: 'm' });
  expect(await claims.take(name('b'), note('second'))).toBe('sent');
});

test('what was throttled may be claimed by the next try', async () => {
  await claims.take(name('c'), note('first'));
  await claims.settle(name('c'), note('first'), { outcome: 'throttled' });
  expect(await claims.take(name('c'), note('second'))).toBe('mine');
  expect(await claims.take(name('c'), note('third'))).toBe('unknown');
});

test('only who claimed may settle', async () => {
  await claims.take(name('d'), note('first'));
  await claims.settle(name('d'), note('other'), { outcome: 'sent' });
  expect(await claims.take(name('d'), note('second'))).toBe('unknown');
});

test('a refusal of my own claim, whose first answer was lost, is known as mine', async () => {
  const client = new DynamoDBClient({ region: 'us-east-1' });
  const dynamodb = mockClient(client);
  dynamodb.on(PutItemCommand).rejects(new ConditionalCheckFailedException({ message: '', $metadata: {} }));
  dynamodb.on(GetItemCommand).resolves({ Item: marshall({ by: 'me' }) });
  const there = tableClaims(openTable(client, 'kindling'));
  expect(await there.take(name('e'), note('me'))).toBe('mine');
  expect(await there.take(name('e'), note('other'))).toBe('unknown');
  expect(dynamodb.commandCalls(GetItemCommand)[0]?.args[0].input.ConsistentRead).toBe(true);
});
