import { join } from 'node:path';
import { startEndpoint } from './endpoint.ts';
import { openMessages, type DeadLetter, type Message, type Messages } from './queue/messages.ts';
import { functionOf, startPoller, type Poller } from './queue/poller.ts';
import {
  bodyOf,
  entriesOf,
  inputOf,
  MAX_BATCH,
  MAX_BYTES,
  nonExistent,
  queryError,
  received,
  sendOptions,
  sent,
  SHAPES,
  type Input,
} from './queue/wire.ts';
import { type Principal, type Resource, type StartQueue } from './service.ts';

const FIELDS = new Set([
  'QueueName',
  'VisibilityTimeout',
  'MessageRetentionPeriod',
  'DelaySeconds',
  'ReceiveMessageWaitTimeSeconds',
  'MaximumMessageSize',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'SqsManagedSseEnabled',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'Tags',
]);

/** SQS, standard queues, and the event source mappings by which Lambda polls them. */
export const startQueue: StartQueue = async ({
  dir,
  clock,
  access,
  changed,
  log,
  resources,
  invoke,
  principalOf,
}) => {
  const queues = new Map<string, Messages>();
  const pollers = new Map<string, Poller[]>();
  const arrived = new Map<string, Set<() => void>>();
  let stopped = false;

  const open = (resource: Resource): Messages => {
    for (const field of Object.keys(resource.properties))
      if (!FIELDS.has(field)) throw new Error(`${resource.logicalId}: ${field} is not supported locally`);
    const redrive = redriveOf(resource);
    let deadLetter: DeadLetter | null = null;
    return openMessages(
      join(dir, `${resource.name}.ndjson`),
      resource,
      clock,
      () => {
        for (const poller of pollers.get(resource.arn) ?? []) poller.wake();
        for (const wake of arrived.get(resource.arn) ?? []) wake();
        changed();
      },
      () => {
        if (!redrive) return null;
        deadLetter ??= {
          maxReceiveCount: redrive.maxReceiveCount,
          take: ({ id, body, attributes }) => {
            log(`queue: message ${id} of ${resource.name} was received ${redrive.maxReceiveCount} times`);
            byArn(redrive.deadLetterTargetArn).send(body, { attributes, delayMs: 0 });
          },
        };
        return deadLetter;
      },
    );
  };

  const byArn = (arn: string): Messages => {
    const queue = queues.get(arn);
    if (!queue) throw nonExistent();
    return queue;
  };
  const byUrl = (url: unknown): Messages => {
    const name = String(url).split('/').at(-1);
    for (const queue of queues.values()) if (queue.url === url || queue.name === name) return queue;
    throw nonExistent();
  };

  for (const resource of resources) {
    if (resource.type === 'AWS::SQS::Queue') queues.set(resource.arn, open(resource));
    else if (resource.type !== 'AWS::Lambda::EventSourceMapping')
      throw new Error(`${resource.logicalId}: the queue service knows no ${resource.type}`);
  }
  for (const resource of resources) {
    if (resource.type !== 'AWS::Lambda::EventSourceMapping') continue;
    const arn = String(resource.properties['EventSourceArn']);
    const queue = queues.get(arn);
    if (!queue) throw new Error(`${resource.logicalId}: ${arn} is not a queue of this template`);
    const principal = principalOf(functionOf(resource));
    // Lambda checks this too when the mapping is made.
    for (const action of ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'])
      access.allow(principal, action, arn);
    const poller = startPoller(resource, queue, { clock, invoke, principal, changed, log });
    pollers.set(arn, [...(pollers.get(arn) ?? []), poller]);
    poller.wake();
  }

  /** Waits for a message, at most `seconds` of real time. */
  const arrival = (arn: string, seconds: number): Promise<void> =>
    new Promise((resolve) => {
      const waiters = arrived.get(arn) ?? new Set();
      arrived.set(arn, waiters);
      const done = (): void => {
        waiters.delete(done);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(done, 1_000 * Math.min(seconds, 20));
      waiters.add(done);
    });

  const operations: Readonly<
    Record<string, (input: Input, allowed: (action: string) => Messages) => unknown>
  > = {
    SendMessage: (input, allowed) => {
      const queue = allowed('sqs:SendMessage');
      return sent(queue.send(bodyOf(input), sendOptions(input)));
    },
    SendMessageBatch: (input, allowed) => {
      const queue = allowed('sqs:SendMessage');
      const entries = entriesOf(input);
      if (entries.reduce((sum, entry) => sum + Buffer.byteLength(bodyOf(entry)), 0) > MAX_BYTES)
        throw queryError('BatchRequestTooLong', 'Batch requests cannot be longer than 1048576 bytes.');
      return {
        Successful: entries.map((entry) => ({
          Id: entry['Id'],
          ...sent(queue.send(bodyOf(entry), sendOptions(entry))),
        })),
        Failed: [],
      };
    },
    ReceiveMessage: async (input, allowed) => {
      const queue = allowed('sqs:ReceiveMessage');
      const limit = Math.min(Number(input['MaxNumberOfMessages'] ?? 1), MAX_BATCH);
      const visibility = input['VisibilityTimeout'];
      const take = (): Message[] =>
        queue.receive(limit, visibility === undefined ? undefined : 1_000 * Number(visibility));
      let messages = take();
      const wait = Number(input['WaitTimeSeconds'] ?? 0);
      if (messages.length === 0 && wait > 0) {
        await arrival(queue.arn, wait);
        if (!stopped) messages = take();
      }
      return messages.length === 0 ? {} : { Messages: messages.map(received) };
    },
    DeleteMessage: (input, allowed) => {
      allowed('sqs:DeleteMessage').delete([String(input['ReceiptHandle'])]);
      return {};
    },
    DeleteMessageBatch: (input, allowed) => {
      const queue = allowed('sqs:DeleteMessage');
      const entries = entriesOf(input);
      queue.delete(entries.map((entry) => String(entry['ReceiptHandle'])));
      return { Successful: entries.map((entry) => ({ Id: entry['Id'] })), Failed: [] };
    },
    ChangeMessageVisibility: (input, allowed) => {
      allowed('sqs:ChangeMessageVisibility').release(
        String(input['ReceiptHandle']),
        1_000 * Number(input['VisibilityTimeout'] ?? 0),
      );
      return {};
    },
    GetQueueAttributes: (_input, allowed) => {
      const queue = allowed('sqs:GetQueueAttributes');
      return {
        Attributes: {
          QueueArn: queue.arn,
          ApproximateNumberOfMessages: String(queue.ready),
          ApproximateNumberOfMessagesNotVisible: String(queue.inFlight),
          ApproximateNumberOfMessagesDelayed: String(queue.delayed),
          VisibilityTimeout: String(queue.visibilityMs / 1_000),
        },
      };
    },
    PurgeQueue: (_input, allowed) => {
      allowed('sqs:PurgeQueue').purge();
      return {};
    },
  };

  const endpoint = await startEndpoint(
    'application/x-amz-json-1.0',
    async ({ operation, headers, body }) => {
      const principal: Principal = access.identify(headers);
      const input = inputOf(body);
      if (operation === 'GetQueueUrl') {
        const queue = byUrl(input['QueueName']);
        access.allow(principal, 'sqs:GetQueueUrl', queue.arn);
        return { body: JSON.stringify({ QueueUrl: queue.url }) };
      }
      const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (!run) throw queryError('UnsupportedOperation', `There is no ${operation || 'such operation'}.`);
      const answer = await run(input, (action) => {
        const queue = byUrl(input['QueueUrl']);
        access.allow(principal, action, queue.arn);
        return queue;
      });
      return { body: JSON.stringify(answer) };
    },
    (error) => ({
      status: error.status,
      headers: { 'x-amzn-query-error': `${error.code};${error.status < 500 ? 'Sender' : 'Receiver'}` },
      body: JSON.stringify({
        __type: `com.amazonaws.sqs#${SHAPES[error.code] ?? error.code}`,
        message: error.message,
      }),
    }),
  );

  const everyQueue = [...queues.values()];
  const everyPoller = [...pollers.values()].flat();
  return {
    name: 'queue',
    endpoint: endpoint.url,
    // Async so that a queue that does not exist rejects.
    // eslint-disable-next-line @typescript-eslint/require-await
    send: async (queueArn, body, options) => {
      byArn(queueArn).send(body, options?.attributes ? { attributes: options.attributes } : {});
    },
    depth: (queueArn) => byArn(queueArn).depth,
    nextDue: () => {
      let next: number | null = null;
      for (const queue of everyQueue) {
        const due = queue.nextDue();
        if (due !== null && (next === null || due < next)) next = due;
      }
      return next;
    },
    runDue: (now) => everyQueue.forEach((queue) => queue.runDue(now)),
    busy: () => everyPoller.some((poller) => poller.busy()),
    stop: async () => {
      stopped = true;
      everyPoller.forEach((poller) => poller.stop());
      for (const waiters of arrived.values()) for (const wake of [...waiters]) wake();
      await endpoint.stop();
      everyQueue.forEach((queue) => queue.close());
    },
  };
};

const redriveOf = ({
  properties,
}: Resource): { deadLetterTargetArn: string; maxReceiveCount: number } | null => {
  const policy = properties['RedrivePolicy'] as unknown;
  if (!policy) return null;
  const { deadLetterTargetArn, maxReceiveCount } = (
    typeof policy === 'string' ? JSON.parse(policy) : policy
  ) as { deadLetterTargetArn: string; maxReceiveCount: number | string };
  return { deadLetterTargetArn, maxReceiveCount: Number(maxReceiveCount) };
};
