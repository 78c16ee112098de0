import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBus } from '../../local/bus.ts';
import { AwsError, type Bus, type Deliver, type Resource } from '../../local/service.ts';
import { bench, client, quiet, resource, START, type Bench } from './surroundings.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:events';
const DEAD = 'arn:aws:sqs:us-east-1:000000000000:dead';
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:score';

const ours = resource('AWS::Events::EventBus', 'kindling');
const rule = (name: string, properties: Record<string, unknown>): Resource =>
  resource('AWS::Events::Rule', name, { EventBusName: 'kindling', State: 'ENABLED', ...properties });
const toQueue = rule('to-queue', {
  EventPattern: { source: ['shop'] },
  Targets: [
    { Id: 'q', Arn: QUEUE, DeadLetterConfig: { Arn: DEAD }, RetryPolicy: { MaximumRetryAttempts: 2 } },
  ],
});

describe('the bus', () => {
  let place: Bench;
  let bus: Bus | undefined;
  let delivered: { target: string; body: unknown; attributes?: unknown }[];
  let refuse: (target: string) => Error | null;

  const deliver: Deliver = async (target, body, _as, options) => {
    await Promise.resolve();
    const error = refuse(target);
    if (error) throw error;
    delivered.push({ target, body, ...(options?.attributes ? { attributes: options.attributes } : {}) });
  };
  const start = async (...resources: Resource[]): Promise<Bus> => {
    bus = await startBus({ ...place, deliver, resources: [ours, ...resources] });
    return bus;
  };
  const put = (...Entries: PutEventsRequestEntry[]) =>
    new EventBridgeClient(client(bus!.endpoint)).send(new PutEventsCommand({ Entries }));
  const order = (detail: unknown = { id: 1 }): PutEventsRequestEntry => ({
    EventBusName: 'kindling',
    Source: 'shop',
    DetailType: 'order',
    Detail: JSON.stringify(detail),
  });

  beforeEach(() => {
    place = bench();
    delivered = [];
    refuse = () => null;
  });
  afterEach(async () => {
    await bus?.stop();
    bus = undefined;
    place.remove();
  });

  test('has an event in every queue that it is for before it answers', async () => {
    await start(
      toQueue,
      rule('others', { EventPattern: { source: ['bank'] }, Targets: [{ Id: 'q', Arn: QUEUE }] }),
    );
    const answer = await put(order());
    expect(answer.FailedEntryCount).toBe(0);
    expect(delivered).toHaveLength(1);
    const event = JSON.parse(delivered[0]!.body as string) as Record<string, unknown>;
    expect(event).toEqual({
      version: '0',
      id: answer.Entries![0]!.EventId,
      'detail-type': 'order',
      source: 'shop',
      account: '000000000000',
      time: new Date(START).toISOString().replace('.000', ''),
      region: 'us-east-1',
      resources: [],
      detail: { id: 1 },
    });
  });

  test('refuses a bad entry alone', async () => {
    await start(toQueue);
    const answer = await put(
      order(),
      { ...order(), Detail: '{"cut' },
      { ...order(), Detail: '[1]' },
      { ...order(), Source: undefined },
      { ...order(), Source: 'aws.ses' },
      { ...order(), EventBusName: 'nowhere' },
    );
    expect(answer.FailedEntryCount).toBe(5);
    expect(answer.Entries!.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'MalformedDetail',
      'MalformedDetail',
      'InvalidArgument',
      'NotAuthorizedForSourceException',
      'ResourceNotFoundException',
    ]);
    expect(delivered).toHaveLength(1);
  });

  test('takes ten entries and 256 kB a request, and not more', async () => {
    await start(toQueue);
    await expect(put(...Array.from({ length: 11 }, () => order()))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    const size = 262_144 - 'shop'.length - 'order'.length - '{"x":""}'.length;
    await put(order({ x: 'x'.repeat(size) }));
    await expect(put(order({ x: 'x'.repeat(size + 1) }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    expect(delivered).toHaveLength(1);
  });

  test('forwards from the default bus with the same id, and records both buses', async () => {
    await start(
      toQueue,
      rule('ours', { EventPattern: { source: ['aws.ses'] }, Targets: [{ Id: 'q', Arn: QUEUE }] }),
      rule('forward', {
        EventBusName: 'default',
        EventPattern: { source: ['aws.ses'] },
        Targets: [{ Id: 'bus', Arn: ours.arn, RoleArn: 'arn:aws:iam::000000000000:role/forward' }],
      }),
    );
    await bus!.put('default', [{ Source: 'aws.ses', DetailType: 'Email Sent', Detail: '{}' }]);
    expect(delivered).toHaveLength(1);
    expect(place.access.seen).toContainEqual({
      principal: { kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/forward' },
      action: 'events:PutEvents',
      resource: ours.arn,
    });
  });

  test('tries again with growing pauses, then gives the event to the dead-letter queue with the reason', async () => {
    refuse = (target) =>
      target === QUEUE ? new AwsError('ServiceUnavailable', 'the queue is closed') : null;
    await start(toQueue);
    expect((await put(order())).FailedEntryCount).toBe(0);
    await quiet(bus!);
    const due: number[] = [];
    for (let at = bus!.nextDue(); at !== null; at = bus!.nextDue()) {
      due.push(at - START);
      place.clock.set(at);
      bus!.runDue(at);
      await quiet(bus!);
    }
    expect(due).toEqual([1_000, 3_000]);
    expect(delivered).toHaveLength(1);
    expect(delivered[0]).toMatchObject({
      target: DEAD,
      attributes: { ERROR_CODE: 'ServiceUnavailable', ERROR_MESSAGE: 'the queue is closed' },
    });
  });

  test('delivers after a restart what it had accepted for a function', async () => {
    const toFunction = rule('fn', {
      EventPattern: { source: ['shop'] },
      Targets: [{ Id: 'f', Arn: FUNCTION }],
    });
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const hanging: Deliver = () => held;
    bus = await startBus({ ...place, deliver: hanging, resources: [ours, toFunction] });
    await put(order());
    // The process is killed: what hangs never ends, nothing is closed.
    const first = bus;
    await start(toFunction);
    await quiet(bus);
    expect(delivered).toEqual([
      { target: FUNCTION, body: expect.objectContaining({ source: 'shop' }) as unknown },
    ]);
    await first.stop();
    letGo();
    await bus.stop();
    delivered = [];
    await start(toFunction);
    await quiet(bus);
    expect(delivered).toEqual([]);
  });

  test('archives what the pattern names, for as many days as the template says', async () => {
    await start(
      toQueue,
      resource('AWS::Events::Archive', 'archive', {
        SourceArn: ours.arn,
        EventPattern: { source: ['shop'] },
        RetentionDays: 2,
      }),
    );
    for (let day = 0; day < 5; day++) {
      place.clock.set(START + day * 86_400_000);
      await put({ ...order(), Detail: `{\n "day": ${day} }` }, { ...order(), Source: 'bank' });
    }
    const folder = join(place.dir, 'archive');
    expect(readdirSync(folder).sort()).toEqual([
      '2026-01-07.ndjson',
      '2026-01-08.ndjson',
      '2026-01-09.ndjson',
    ]);
    const lines = readFileSync(join(folder, '2026-01-09.ndjson'), 'utf8').trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { detail: unknown }).detail)).toEqual([{ day: 4 }]);
  });

  test.each<[string, Resource, RegExp]>([
    ['a pattern', rule('r', { EventPattern: { source: [{ wildcard: '*' }] }, Targets: [] }), /r: .*wildcard/],
    ['a schedule', rule('r', { ScheduleExpression: 'rate(1 day)' }), /ScheduleExpression is not supported/],
    [
      'a target',
      rule('r', { EventPattern: { a: [1] }, Targets: [{ Id: 'x', Arn: 'arn:aws:sns:::t' }] }),
      /sns/,
    ],
    [
      'a transformer',
      rule('r', { EventPattern: { a: [1] }, Targets: [{ Id: 'x', Arn: QUEUE, InputPath: '$' }] }),
      /InputPath/,
    ],
    ['a type', resource('AWS::Events::Connection', 'c'), /knows no AWS::Events::Connection/],
  ])('refuses %s that it cannot run, at start', async (_name, bad, message) => {
    await expect(start(bad)).rejects.toThrow(message);
  });

  test('says AWS errors to SDK clients and outlives garbage', async () => {
    await start(toQueue);
    place.access.denied.add('events:PutEvents');
    await expect(put(order())).rejects.toMatchObject({ name: 'AccessDeniedException' });
    place.access.denied.clear();
    const garbage = await fetch(bus!.endpoint, {
      method: 'POST',
      headers: { authorization: 'AWS4 Credential=score/x', 'x-amz-target': 'AWSEvents.PutEvents' },
      body: '['.repeat(100_000),
    });
    expect(garbage.status).toBe(400);
    expect((await fetch(bus!.endpoint)).status).toBe(403);
    expect((await put(order())).FailedEntryCount).toBe(0);
  });
});
