import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startQueue } from '../../local/queue.ts';
import { type Invoke, type Invoked, type Queue, type Resource } from '../../local/service.ts';
import { bench, client, quiet, resource, START, type Bench } from './surroundings.ts';

interface Received {
  Records: { messageId: string; body: string; attributes: { ApproximateReceiveCount: string } }[];
}

const dead = resource('AWS::SQS::Queue', 'dead');
const events = resource('AWS::SQS::Queue', 'events', {
  VisibilityTimeout: 60,
  RedrivePolicy: { deadLetterTargetArn: dead.arn, maxReceiveCount: 3 },
});
const mapping = (properties: Record<string, unknown> = {}): Resource =>
  resource('AWS::Lambda::EventSourceMapping', 'mapping', {
    EventSourceArn: events.arn,
    FunctionName: 'score',
    BatchSize: 10,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: 2 },
    ...properties,
  });

describe('the queues', () => {
  let place: Bench;
  let queue: Queue;
  let batches: Received[];
  let answer: (batch: Received) => Invoked | Promise<Invoked>;

  const invoke: Invoke = async (_functionArn, event) => {
    const batch = event as Received;
    batches.push(batch);
    return answer(batch);
  };
  const start = async (...resources: Resource[]): Promise<SQSClient> => {
    queue = await startQueue({
      ...place,
      invoke,
      principalOf: (arn) => ({ kind: 'role', roleArn: `${arn}-role` }),
      resources: [events, dead, ...resources],
    });
    return new SQSClient({ ...client(queue.endpoint), useQueueUrlAsEndpoint: false });
  };
  const send = (...bodies: string[]) => Promise.all(bodies.map((body) => queue.send(events.arn, body)));
  const bodies = () => batches.map(({ Records }) => Records.map(({ body }) => body));
  const advance = async (ms: number): Promise<void> => {
    place.clock.set(place.clock.now() + ms);
    queue.runDue(place.clock.now());
    await quiet(queue);
  };

  beforeEach(() => {
    place = bench();
    batches = [];
    answer = () => ({ payload: { batchItemFailures: [] } });
  });
  afterEach(async () => {
    await queue.stop();
    place.remove();
  });

  test('speak to the SDK: send, receive, hide, show again, delete', async () => {
    const sqs = await start();
    const QueueUrl = events.ref;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'ä "one"' }));
    const batch = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: ['two', 'three'].map((MessageBody, at) => ({ Id: String(at), MessageBody })),
      }),
    );
    expect(batch.Successful).toHaveLength(2);
    const take = async () =>
      (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))).Messages ?? [];
    const first = await take();
    expect(first.map(({ Body }) => Body)).toEqual(['ä "one"', 'two', 'three']);
    expect(await take()).toEqual([]);
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first[1]!.ReceiptHandle }));
    expect(queue.nextDue()).toBe(START + 60_000);
    await advance(60_000);
    expect((await take()).map(({ Body }) => Body)).toEqual(['ä "one"', 'three']);
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({
      QueueArn: events.arn,
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '2',
    });
    await expect(
      sqs.send(new SendMessageCommand({ QueueUrl: dead.ref.replace('dead', 'nowhere'), MessageBody: 'x' })),
    ).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    expect(place.access.seen.at(-1)).toEqual({
      principal: { kind: 'function', name: 'score', roleArn: 'arn:aws:iam::000000000000:role/score' },
      action: 'sqs:GetQueueAttributes',
      resource: events.arn,
    });
  });

  test('a receive that waits gets a message as soon as it is there', async () => {
    const sqs = await start();
    const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl: events.ref, WaitTimeSeconds: 20 }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await send('late');
    expect((await waiting).Messages![0]!.Body).toBe('late');
  });

  test('a function gets what was sent together in one batch, as Lambda shapes it', async () => {
    await start(mapping());
    await send('1', '2', '3');
    await quiet(queue);
    expect(bodies()).toEqual([['1', '2', '3']]);
    expect(batches[0]!.Records[0]).toMatchObject({
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(START) },
      md5OfBody: 'c4ca4238a0b923820dcc509a6f75849b',
      eventSource: 'aws:sqs',
      eventSourceARN: events.arn,
      awsRegion: 'us-east-1',
    });
    expect(queue.depth(events.arn)).toBe(0);
  });

  test('never more invocations at once than the maximum, never more messages than the batch', async () => {
    let running = 0;
    let most = 0;
    answer = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running--;
      return { payload: null };
    };
    await start(mapping({ BatchSize: 4 }));
    await send(...Array.from({ length: 30 }, (_, at) => String(at)));
    await quiet(queue);
    expect(most).toBe(2);
    expect(bodies().flat()).toHaveLength(30);
    expect(Math.max(...bodies().map(({ length }) => length))).toBe(4);
  });

  test('only the messages that the function names come back, after the visibility timeout', async () => {
    answer = ({ Records }) => ({
      payload: {
        batchItemFailures: Records.filter(({ body }) => body === 'bad').map(({ messageId }) => ({
          itemIdentifier: messageId,
        })),
      },
    });
    await start(mapping());
    await send('good', 'bad');
    await quiet(queue);
    expect(queue.depth(events.arn)).toBe(1);
    expect(queue.busy()).toBe(false);
    await advance(59_999);
    expect(batches).toHaveLength(1);
    await advance(1);
    expect(bodies()).toEqual([['good', 'bad'], ['bad']]);
    expect(batches[1]!.Records[0]!.attributes.ApproximateReceiveCount).toBe('2');
  });

  test.each<[string, Invoked]>([
    ['an error', { error: { errorType: 'Error', errorMessage: 'no' } }],
    ['an unknown id', { payload: { batchItemFailures: [{ itemIdentifier: 'what' }] } }],
    ['an empty id', { payload: { batchItemFailures: [{ itemIdentifier: '' }] } }],
    ['no list', { payload: { batchItemFailures: 'all' } }],
  ])(
    'after %s the whole batch comes back, and after three times goes to the dead letters',
    async (_name, bad) => {
      answer = () => bad;
      await start(mapping());
      await send('1', '2');
      await quiet(queue);
      for (let turn = 0; turn < 5; turn++) await advance(60_000);
      expect(bodies()).toEqual([
        ['1', '2'],
        ['1', '2'],
        ['1', '2'],
      ]);
      expect(queue.depth(events.arn)).toBe(0);
      expect(queue.depth(dead.arn)).toBe(2);
      expect(place.lines.join()).toContain('was received 3 times');
    },
  );

  test('after a kill, what was in flight is there at once; what was deleted is not', async () => {
    await start(mapping());
    await send('done');
    await quiet(queue);
    answer = () => new Promise(() => {});
    await send('in flight');
    await new Promise((resolve) => setTimeout(resolve, 10));
    const killed = queue;
    answer = () => ({ payload: null });
    await start(mapping());
    await quiet(queue);
    expect(bodies()).toEqual([['done'], ['in flight'], ['in flight']]);
    await killed.stop();
  });

  test('kills do not make a dead letter of a message, failures do', async () => {
    const killed: Queue[] = [];
    answer = () => new Promise(() => {});
    for (let kill = 0; kill < 5; kill++) {
      await start(mapping());
      if (kill === 0) await send('unlucky');
      await new Promise((resolve) => setTimeout(resolve, 10));
      killed.push(queue);
    }
    expect(bodies()).toEqual(Array.from({ length: 5 }, () => ['unlucky']));
    answer = () => ({ error: { errorType: 'Error', errorMessage: 'no' } });
    await start(mapping());
    await quiet(queue);
    expect(queue.depth(dead.arn)).toBe(0);
    for (let turn = 0; turn < 3; turn++) await advance(60_000);
    expect(batches).toHaveLength(8);
    expect(queue.depth(dead.arn)).toBe(1);
    for (const each of killed) await each.stop();
  });

  test('a delay is virtual time', async () => {
    await start(mapping(), resource('AWS::SQS::Queue', 'slow', { DelaySeconds: 30 }));
    const sqs = new SQSClient({ ...client(queue.endpoint), useQueueUrlAsEndpoint: false });
    await sqs.send(new SendMessageCommand({ QueueUrl: events.ref, MessageBody: 'x', DelaySeconds: 5 }));
    await quiet(queue);
    expect(batches).toEqual([]);
    await advance(5_000);
    expect(bodies()).toEqual([['x']]);
  });

  test('a batching window fills batches in real time, and holds nothing up in virtual time', async () => {
    await start(mapping({ MaximumBatchingWindowInSeconds: 1 }));
    await send('1');
    await quiet(queue);
    expect(bodies()).toEqual([['1']]);
    await queue.stop();
    batches = [];
    (place.clock as { virtual: boolean }).virtual = false;
    await start(mapping({ MaximumBatchingWindowInSeconds: 0.05 }));
    await send('2');
    await new Promise((resolve) => setTimeout(resolve, 10));
    await send('3');
    expect(batches).toEqual([]);
    await quiet(queue);
    expect(bodies()).toEqual([['2', '3']]);
  });

  test('an event of 200 kB gets from the queue to the function as it is', async () => {
    await start(mapping());
    const body = JSON.stringify({ text: 'x'.repeat(200_000) });
    await send(body);
    await quiet(queue);
    expect(bodies()).toEqual([[body]]);
  });

  test.each<[string, Resource, RegExp]>([
    [
      'first-in-first-out queues',
      resource('AWS::SQS::Queue', 'f', { FifoQueue: true }),
      /FifoQueue is not supported/,
    ],
    ['filters', mapping({ FilterCriteria: {} }), /FilterCriteria is not supported/],
    ['other sources', mapping({ EventSourceArn: 'arn:aws:kinesis:x' }), /is not a queue of this template/],
  ])('refuse %s at start', async (_name, bad, message) => {
    await expect(start(bad)).rejects.toThrow(message);
    await start();
  });

  test('an invocation that is refused leaves the message, and the process, as they are', async () => {
    answer = () => Promise.reject(new Error('lambda:InvokeFunction is denied'));
    await start(mapping());
    await send('1');
    await quiet(queue);
    expect(queue.depth(events.arn)).toBe(1);
    expect(place.lines.join()).toContain('lambda:InvokeFunction is denied');
  });

  test('a role that may not poll is refused at start', async () => {
    place.access.denied.add('sqs:ReceiveMessage');
    await expect(start(mapping())).rejects.toThrow('sqs:ReceiveMessage is denied');
    place.access.denied.clear();
    await start();
  });
});
