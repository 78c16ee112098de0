import { type Clock, type Invoke, type Invoked, type Principal, type Resource } from '../service.ts';
import { md5, receiptOf, type Message, type Messages } from './messages.ts';

/** What Lambda takes in one invocation, in bytes. */
const MAX_PAYLOAD = 6_000_000;
/** Pollers that Lambda starts with where no maximum is set. */
const DEFAULT_CONCURRENCY = 5;

const FIELDS = new Set([
  'EventSourceArn',
  'FunctionName',
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'ScalingConfig',
  'FunctionResponseTypes',
  'Enabled',
  'Tags',
]);

/** Lambda's side of an event source mapping: takes batches from a queue and invokes the function with them. */
export interface Poller {
  /** Looks for something to take, once the present turn is over, so that what is sent together is taken together. */
  wake(): void;
  busy(): boolean;
  stop(): void;
}

export interface PollerDeps {
  readonly clock: Clock;
  readonly invoke: Invoke;
  readonly principal: Principal;
  readonly changed: () => void;
  readonly log: (line: string) => void;
}

/** Which function a mapping invokes. */
export const functionOf = ({ properties }: Resource): string => {
  const name = String(properties['FunctionName']);
  return name.startsWith('arn:') ? name : `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
};

export const startPoller = (
  mapping: Resource,
  queue: Messages,
  { clock, invoke, principal, changed, log }: PollerDeps,
): Poller => {
  const { properties, logicalId } = mapping;
  for (const field of Object.keys(properties))
    if (!FIELDS.has(field)) throw new Error(`${logicalId}: ${field} is not supported locally`);
  const functionArn = functionOf(mapping);
  const batchSize = Number(properties['BatchSize'] ?? 10);
  const windowMs = 1_000 * Number(properties['MaximumBatchingWindowInSeconds'] ?? 0);
  const scaling = properties['ScalingConfig'] as { MaximumConcurrency?: number } | undefined;
  const concurrency = scaling?.MaximumConcurrency ?? DEFAULT_CONCURRENCY;
  const partial = (properties['FunctionResponseTypes'] as string[] | undefined)?.includes(
    'ReportBatchItemFailures',
  );
  const enabled = properties['Enabled'] !== false;

  let active = 0;
  let stopped = false;
  let awake = false;
  let window: NodeJS.Timeout | null = null;

  const wake = (): void => {
    if (awake || stopped || !enabled) return;
    awake = true;
    setImmediate(() => {
      awake = false;
      pump(false);
    });
  };

  const pump = (windowOver: boolean): void => {
    while (!stopped && active < concurrency && queue.ready > 0) {
      // Virtual time stands still while work is under way: a window that waits for company would wait for ever.
      if (windowMs > 0 && !clock.virtual && !windowOver && queue.ready < batchSize) {
        window ??= setTimeout(() => {
          window = null;
          pump(true);
        }, windowMs);
        break;
      }
      const batch = queue.receive(batchSize, undefined, MAX_PAYLOAD);
      if (batch.length > 0) void process(batch);
    }
    changed();
  };

  const process = async (batch: readonly Message[]): Promise<void> => {
    active += 1;
    const records = batch.map((message) => recordOf(message, queue.arn));
    try {
      const answer = await invoke(functionArn, { Records: records }, principal).catch(refusal);
      if (stopped) return;
      const failed = failuresOf(answer, batch, partial ?? false);
      if (failed.size > 0) {
        const why = 'error' in answer ? ` (${answer.error.errorType}: ${answer.error.errorMessage})` : '';
        log(`queue: ${failed.size} of ${batch.length} messages of ${queue.name} failed${why}`);
      }
      // What failed stays hidden until its visibility timeout ends.
      queue.delete(batch.filter(({ id }) => !failed.has(id)).map(receiptOf));
    } finally {
      active -= 1;
      if (!stopped) pump(false);
    }
  };

  return {
    wake,
    busy: () => active > 0 || awake || window !== null || (enabled && queue.ready > 0),
    stop: () => {
      stopped = true;
      if (window) clearTimeout(window);
    },
  };
};

/** An invocation that Lambda refused comes to the same as one that failed. */
const refusal = (error: unknown): Invoked => ({
  error: {
    errorType: error instanceof Error ? error.name : 'Error',
    errorMessage: error instanceof Error ? error.message : String(error),
  },
});

const recordOf = (message: Message, queueArn: string) => ({
  messageId: message.id,
  receiptHandle: receiptOf(message),
  body: message.body,
  attributes: {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    SenderId: '000000000000',
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  },
  messageAttributes: Object.fromEntries(
    Object.entries(message.attributes).map(([name, stringValue]) => [
      name,
      { dataType: 'String', stringValue, stringListValues: [], binaryListValues: [] },
    ]),
  ),
  md5OfBody: md5(message.body),
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: 'us-east-1',
});

/** The ids that stay in the queue: all after an error or an answer that names none of the batch, as in Lambda. */
const failuresOf = (answer: Invoked, batch: readonly Message[], partial: boolean): ReadonlySet<string> => {
  const all = new Set(batch.map(({ id }) => id));
  if ('error' in answer) return all;
  if (!partial) return new Set();
  const failures = (answer.payload as { batchItemFailures?: unknown } | null)?.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return all;
  const ids = failures.map(
    (failure) => (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier,
  ) as string[];
  return ids.every((id) => all.has(id)) ? new Set(ids) : all;
};
