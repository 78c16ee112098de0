import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  GetItemCommand,
  DynamoDBClient,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Change } from '../../../core/lead.ts';
import { busChanges } from '../../../functions/aws/changes.ts';
import { tableIdentities } from '../../../functions/aws/identities.ts';
import { personKey } from '../../../functions/aws/keys.ts';
import { tableLeads } from '../../../functions/aws/leads.ts';
import { tableRulesets } from '../../../functions/aws/rulesets.ts';
import { openTable } from '../../../functions/aws/table.ts';
import { log } from '../../../functions/log.ts';

log.setLogLevel('SILENT');
const dynamodb = mockClient(DynamoDBClient);
const bridge = mockClient(EventBridgeClient);
beforeEach(() => {
  dynamodb.reset();
  bridge.reset();
});

const table = openTable(new DynamoDBClient({ region: 'eu-north-1' }), 'kindling');
const change = (n: number): Change => ({
  changeId: `lead#${n}#lead.band.changed`,
  leadId: 'lead',
  kind: 'lead.band.changed',
  from: 'cold',
  to: 'warm',
  version: n,
  entry: 0,
  at: 1,
  ruleset: 'r',
});
const changes = Array.from({ length: 12 }, (_, n) => change(n));

describe('changes', () => {
  const changesOnBus = busChanges(new EventBridgeClient({ region: 'eu-north-1' }), 'bus');

  test('that the bus refuses are not among those it took', async () => {
    bridge.on(PutEventsCommand).resolves({
      FailedEntryCount: 1,
      Entries: [{ EventId: 'e' }, { ErrorCode: 'ThrottlingException' }],
    });
    expect(await changesOnBus.publish(changes.slice(0, 2))).toEqual(new Set([change(0).changeId]));
  });

  test('go out ten at a time, and one request that fails does not take the others with it', async () => {
    bridge
      .on(PutEventsCommand)
      .rejectsOnce(new Error('the bus is away'))
      .resolves({ Entries: [{ EventId: 'e' }, { EventId: 'f' }] });
    expect(await changesOnBus.publish(changes)).toEqual(new Set([change(10).changeId, change(11).changeId]));
    expect(bridge.commandCalls(PutEventsCommand).map((call) => call.args[0].input.Entries?.length)).toEqual([
      10, 2,
    ]);
  });
});

describe('the table', () => {
  test('says no where a condition does not hold, and throws where it cannot say', async () => {
    dynamodb
      .on(PutItemCommand)
      .rejectsOnce(new ConditionalCheckFailedException({ message: 'no', $metadata: {} }))
      .rejects(new ProvisionedThroughputExceededException({ message: 'slow down', $metadata: {} }));
    expect(await table.put({ pk: 'a', sk: 'b' }, { expression: 'attribute_not_exists(pk)' })).toBe(false);
    await expect(table.put({ pk: 'a', sk: 'b' })).rejects.toThrow('slow down');
  });

  test('is read page by page to the end', async () => {
    const event = (n: number) =>
      marshall({
        pk: 'LEAD#a',
        sk: `EVT#0#m${n}`,
        id: `m${n}`,
        at: n,
        body: '{"type":"page","name":"page","properties":{}}',
      });
    dynamodb
      .on(QueryCommand)
      .resolvesOnce({ Items: [event(1)], LastEvaluatedKey: marshall({ pk: 'LEAD#a', sk: 'EVT#0#m1' }) })
      .resolves({ Items: [event(2)] });
    const { entries } = await tableLeads(table, { due: 1, band: 1 }).log('a', null);
    expect(entries.map(({ event: { id } }) => id)).toEqual(['m1', 'm2']);
  });
});

describe('holders', () => {
  const keys = ['u', 'v'].map((value) => ({ kind: 'user' as const, value }));
  const item = (value: string) =>
    marshall({ ...personKey('user', value), owners: '[["lead",0]]', scope: 'server' });
  const identities = tableIdentities(table, () => Promise.resolve());

  test('that the table left unread are asked for again', async () => {
    const left = { kindling: { Keys: [marshall(personKey('user', 'v'))], ConsistentRead: true } };
    dynamodb
      .on(BatchGetItemCommand)
      .resolvesOnce({ Responses: { kindling: [item('u')] }, UnprocessedKeys: left })
      .resolves({ Responses: { kindling: [item('v')] } });
    expect([...(await identities.holders(keys, true)).keys()]).toEqual(['user#u', 'user#v']);
    expect(dynamodb.commandCalls(BatchGetItemCommand)[1]?.args[0].input.RequestItems).toEqual(left);
  });

  test('are no answer at all where the table leaves some unread for good', async () => {
    const left = { kindling: { Keys: [marshall(personKey('user', 'v'))] } };
    dynamodb
      .on(BatchGetItemCommand)
      .resolves({ Responses: { kindling: [item('u')] }, UnprocessedKeys: left });
    await expect(identities.holders(keys, true)).rejects.toThrow('left keys unread');
  });
});

describe('the live ruleset', () => {
  test('is an error before one is published', async () => {
    dynamodb.on(GetItemCommand).resolves({});
    await expect(tableRulesets(table, { now: () => 0 }).live()).rejects.toThrow(
      'no ruleset has been published',
    );
  });

  test('is an error where its scoring is missing', async () => {
    const Key = marshall({ pk: 'LIVE', sk: 'LIVE' });
    dynamodb
      .on(GetItemCommand)
      .resolves({})
      .on(GetItemCommand, { Key })
      .resolves({ Item: { ...Key, ...marshall({ hash: 'h', epoch: 1, at: 0 }) } });
    await expect(tableRulesets(table, { now: () => 0 }).live()).rejects.toThrow(
      'ruleset h is live and has no scoring part',
    );
  });
});
