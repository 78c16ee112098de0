import { Aws, Duration, Validations } from 'aws-cdk-lib';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface TickProps {
  readonly target: Function;
  readonly every: Duration;
  /** @default as often as `every` says, from when it is deployed */
  readonly on?: ScheduleExpression;
}

/** Calls a function again and again. A call that cannot be made waits in a queue for a person to see. */
export class Tick extends Construct {
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { target, every, on }: TickProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is the dead-letter queue of the schedule below.',
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    Grant.addToPrincipal({
      grantee: role,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [target.functionArn],
    });
    Grant.addToPrincipal({
      grantee: role,
      actions: ['sqs:SendMessage'],
      resourceArns: [this.deadLetters.queueArn],
    });
    new Schedule(this, 'Schedule', {
      schedule: on ?? ScheduleExpression.rate(every),
      target: new LambdaInvoke(target, {
        // It would grant every version of the function, too.
        role: role.withoutPolicyUpdates(),
        deadLetterQueue: this.deadLetters,
        // The next call does what this one would have done.
        retryAttempts: 2,
        maxEventAge: every,
      }),
    });
  }
}
