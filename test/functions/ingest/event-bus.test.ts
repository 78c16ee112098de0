import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { eventBus } from '../../../functions/ingest/event-bus.ts';

const client = mockClient(EventBridgeClient);
const bus = eventBus(new EventBridgeClient({ region: 'us-east-1' }), 'the-bus');
const entry = (detail: string): { source: string; detailType: string; detail: string } => ({
  source: 's',
  detailType: 't',
  detail,
});

beforeEach(() => client.reset());

describe('the bus', () => {
  test('is given entries under their names, and tells which it took', async () => {
    client.on(PutEventsCommand).resolves({
      FailedEntryCount: 1,
      Entries: [{ EventId: '1' }, { ErrorCode: 'ThrottlingException' }, { EventId: '3' }],
    });
    expect(await bus.put(['{}', '[]', '0'].map(entry))).toEqual([true, false, true]);
    expect(client.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries?.[0]).toEqual({
      EventBusName: 'the-bus',
      Source: 's',
      DetailType: 't',
      Detail: '{}',
    });
  });

  test('that answers less than it was asked took only what it names', async () => {
    client.on(PutEventsCommand).resolves({ Entries: [{ EventId: '1' }] });
    expect(await bus.put(['{}', '{}'].map(entry))).toEqual([true, false]);
    client.on(PutEventsCommand).resolves({});
    expect(await bus.put(['{}'].map(entry))).toEqual([false]);
  });

  test('that does not answer says so to its caller', async () => {
    client.on(PutEventsCommand).rejects(new Error('reset'));
    await expect(bus.put(['{}'].map(entry))).rejects.toThrow('reset');
  });
});
