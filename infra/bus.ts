import { Duration } from 'aws-cdk-lib';
import { type CfnRule, EventBus, type EventPattern, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { EventBus as EventBusTarget, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { WorkQueue } from './queue.ts';

/** A custom bus gives up after five minutes unless it is told otherwise. */
const RETRY = { retryAttempts: 185, maxEventAge: Duration.hours(24) };

export interface BusProps {
  /** The time limit of the function that scores. */
  readonly scoreTimeout: Duration;
  /** The time limit of the function that starts journeys. */
  readonly startTimeout: Duration;
}

/** The bus that everything comes in by and all changes go out by, with its archive and the queues behind it. */
export class Bus extends Construct {
  readonly bus: EventBus;
  /** What leads did, on its way to be scored. */
  readonly events: WorkQueue;
  /** What changed with leads, on its way to journeys and handoffs. */
  readonly changes: WorkQueue;

  constructor(scope: Construct, id: string, props: BusProps) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', { description: 'What leads do, and what changes with them' });
    this.events = new WorkQueue(this, 'Events', { timeout: props.scoreTimeout });
    this.changes = new WorkQueue(this, 'Changes', { timeout: props.startTimeout });

    // Personal data is kept for thirty days only, and a replay names the ingest rule: nothing else hears the past again.
    this.bus.archive('Archive', {
      description: 'What ingest took in',
      eventPattern: { source: ['kindling.ingest'] },
      retention: Duration.days(30),
    });
    this.route('Ingest', this.events, { source: ['kindling.ingest'], detailType: ['kindling.messages'] });
    this.route('Message', this.events, { detailType: ['kindling.message'] });
    this.route('Mail', this.events, { source: ['aws.ses'] });
    this.route('Change', this.changes, { source: ['kindling.score'] });
    this.forwardMail();
  }

  /** Lets `grantee` put events on the bus. */
  allowPut(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['events:PutEvents'], resourceArns: [this.bus.eventBusArn] });
  }

  /** Brings what matches a pattern to a queue. */
  route(id: string, { queue, deadLetters }: WorkQueue, eventPattern: EventPattern): void {
    new Rule(this, id, {
      eventBus: this.bus,
      eventPattern,
      targets: [new SqsQueue(queue, { deadLetterQueue: deadLetters, ...RETRY })],
    });
  }

  /** What becomes of a mail is told on the account's default bus, and nowhere else. */
  private forwardMail(): void {
    const rule = new Rule(this, 'MailToBus', {
      eventPattern: { source: ['aws.ses'] },
      targets: [new EventBusTarget(this.bus as IEventBus, { deadLetterQueue: this.events.deadLetters })],
    });
    (rule.node.defaultChild as CfnRule).addPropertyOverride('Targets.0.RetryPolicy', {
      MaximumRetryAttempts: RETRY.retryAttempts,
      MaximumEventAgeInSeconds: RETRY.maxEventAge.toSeconds(),
    });
  }
}
