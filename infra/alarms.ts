import { Aws, Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

const PERIOD = Duration.minutes(5);
/** What one alarm may add up. Hundreds of journeys with an alarm each would be more than a stack may hold. */
const METRICS = 10;
/** Characters that AWS takes as a description. */
const LONGEST = 1_024;

export interface AlarmsProps {
  readonly functions: readonly Function[];
  /** Messages must not wait in these. */
  readonly queues: readonly Queue[];
  /** Messages must not come to these at all. */
  readonly deadLetters: readonly Queue[];
  readonly machines: readonly StateMachine[];
  /** By name. */
  readonly journeys: ReadonlyMap<string, StateMachine>;
}

interface Limit {
  readonly metric: IMetric;
  /** The alarm sounds above it. */
  readonly above: number;
  /** How many periods of five minutes in a row. @default 1 */
  readonly periods?: number;
  readonly because: string;
}

/** What a person should hear of. Subscribe to the topic to hear it. */
export class Alarms extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { displayName: 'Kindling alarms', enforceSSL: true });
    // A topic with a policy has lost the one that lets the account's own alarms publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );

    for (const queue of props.deadLetters)
      this.alarm(queue, 'Depth', {
        metric: queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: Stats.MAXIMUM }),
        above: 0,
        because: 'Something could not be delivered or handled, and waits for a person',
      });
    for (const queue of props.queues)
      this.alarm(queue, 'Age', {
        metric: queue.metricApproximateAgeOfOldestMessage({ period: PERIOD, statistic: Stats.MAXIMUM }),
        above: 300,
        periods: 3,
        because: 'Messages have waited for more than five minutes',
      });
    for (const each of props.functions)
      this.alarm(each, 'ErrorRate', {
        metric: new MathExpression({
          label: 'percent of invocations that failed',
          expression: '100 * errors / MAX([errors, invocations, 1])',
          usingMetrics: {
            errors: each.metricErrors({ period: PERIOD }),
            invocations: each.metricInvocations({ period: PERIOD }),
          },
          period: PERIOD,
        }),
        above: 1,
        periods: 2,
        because: 'More than one in a hundred invocations fails',
      });
    for (const machine of props.machines)
      this.alarm(machine, 'Failed', {
        metric: machine.metricFailed({ period: PERIOD, statistic: Stats.SUM }),
        above: 0,
        because: 'It ended in an error',
      });
    const journeys = [...props.journeys];
    for (let from = 0; from < journeys.length; from += METRICS)
      this.ofJourneys(journeys.slice(from, from + METRICS));
    this.mail();
  }

  /** Named by the first of them. */
  private ofJourneys(journeys: readonly (readonly [name: string, machine: StateMachine])[]): void {
    const usingMetrics = Object.fromEntries(
      journeys.map(([, machine], index) => [
        `journey${index}`,
        machine.metricFailed({ period: PERIOD, statistic: Stats.SUM }),
      ]),
    );
    const names = journeys.map(([name]) => name);
    this.alarm(this, `JourneysFailed-${names[0] ?? ''}`, {
      metric: new MathExpression({
        label: 'executions that failed',
        expression: `SUM([${Object.keys(usingMetrics)
          .map((metric) => `FILL(${metric}, 0)`)
          .join(', ')}])`,
        usingMetrics,
        period: PERIOD,
      }),
      above: 0,
      because: `A journey ended in an error, one of these: ${names.join(', ')}`.slice(0, LONGEST),
    });
  }

  /** SES pauses an account that bounces or annoys too much: 10 and 0.5 in a hundred. */
  private mail(): void {
    const ses = (metricName: string, statistic: string) =>
      new Metric({ namespace: 'AWS/SES', metricName, period: PERIOD, statistic });
    this.alarm(this, 'MailRejected', {
      metric: ses('Reject', Stats.SUM),
      above: 0,
      because: 'SES refused to send a mail',
    });
    this.alarm(this, 'MailBounces', {
      metric: ses('Reputation.BounceRate', Stats.AVERAGE),
      above: 0.05,
      because: 'More than five in a hundred mails bounce',
    });
    this.alarm(this, 'MailComplaints', {
      metric: ses('Reputation.ComplaintRate', Stats.AVERAGE),
      above: 0.001,
      because: 'More than one in a thousand mails is called spam',
    });
  }

  private alarm(of: Construct, id: string, { metric, above, periods = 1, because }: Limit): void {
    const scope = of === this ? this : new Construct(of, `${id}Alarm`);
    new Alarm(scope, id, {
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: because,
    }).addAlarmAction(new SnsAction(this.topic));
  }
}
