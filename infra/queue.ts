import { Duration } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, type Function } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface WorkQueueProps {
  /** The time limit of the function that will read it. */
  readonly timeout: Duration;
  /** How long each message is held back. @default not at all */
  readonly delay?: Duration;
}

export interface ConsumeProps {
  /** How many batches may be under way at once. */
  readonly maxConcurrency: number;
}

/** A queue between a bus and a function, and the queue where what cannot be delivered or handled waits for a person. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { timeout, delay }: WorkQueueProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(4),
      ...(delay && { deliveryDelay: delay }),
      // A batch that a throttled function could not take in time comes back; six times the limit is what Lambda asks for.
      visibilityTimeout: Duration.seconds(6 * timeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    });
  }

  /** Hands batches to a function; the messages that it names as failed come back, their neighbours do not. */
  consumedBy(target: Function, { maxConcurrency }: ConsumeProps): void {
    const reads = Grant.addToPrincipal({
      grantee: target,
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resourceArns: [this.queue.queueArn],
    });
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target,
      eventSourceArn: this.queue.queueArn,
      batchSize: 10,
      maxBatchingWindow: Duration.seconds(1),
      maxConcurrency,
      reportBatchItemFailures: true,
    });
    reads.applyBefore(mapping);
  }
}
