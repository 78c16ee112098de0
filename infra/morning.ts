import { Duration, Validations } from 'aws-cdk-lib';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { type CfnStateMachine, DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { BundledFunction, type Bundles } from './function.ts';
import { RETRY, RETRY_THROTTLED, type StateMachineDefinition } from './journeys.ts';
import { whenSent } from './sending.ts';
import { Tick } from './schedule.ts';
import type { Storage } from './storage.ts';

export interface MorningProps {
  readonly bundles: Bundles;
  readonly storage: Storage;
  readonly send: Function;
  /** Whether the rules add people up to accounts. */
  readonly accounts: boolean;
}

/** The state machine that sends one morning mail; its input is `{who, day}`, and it is named by both. */
export const morningDefinition = (send: string): StateMachineDefinition => ({
  Comment: 'Tells an owner whom to call today',
  StartAt: 'send',
  States: {
    send: {
      Type: 'Task',
      Resource: send,
      Parameters: { kind: 'morning', 'who.$': '$.who', 'day.$': '$.day' },
      ResultPath: '$.sent',
      Retry: [RETRY_THROTTLED, ...RETRY],
      Next: 'sent?',
    },
    ...whenSent('send', 'done'),
    done: { Type: 'Succeed' },
  },
});

/** The morning mails: a function that looks every hour whose morning it is, and the state machine that sends one. */
export class Morning extends Construct {
  readonly morning: BundledFunction;
  readonly machine: StateMachine;
  readonly tick: Tick;

  constructor(scope: Construct, id: string, { bundles, storage, send, accounts }: MorningProps) {
    super(scope, id);
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    Grant.addToPrincipal({
      grantee: role,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [send.functionArn],
    });
    const definition = JSON.stringify(morningDefinition(send.functionArn));
    this.machine = new StateMachine(this, 'MorningMachine', {
      comment: 'Tells an owner whom to call today',
      definitionBody: DefinitionBody.fromString(definition),
      role,
    });
    (this.machine.node.defaultChild as CfnStateMachine).overrideLogicalId('MorningMachine');
    Validations.of(this.machine).acknowledge(
      {
        id: 'AwsSolutions-SF1',
        reason: 'Step Functions itself keeps every execution’s history for 90 days.',
      },
      { id: 'AwsSolutions-SF2', reason: 'It has one step, and the function that it calls logs it.' },
    );

    this.morning = new BundledFunction(this, 'Morning', {
      description: 'Tells owners in the morning whom to call',
      bundle: bundles('morning'),
      environment: { TABLE_NAME: storage.table.tableName, MORNING_MACHINE: this.machine.stateMachineArn },
      timeout: Duration.minutes(5),
      memorySize: 1024,
    });
    storage.allow(this.morning, 'GetItem', 'BatchGetItem', 'Query', 'PutItem');
    storage.allowIndex(this.morning, 'Query', 'handoff');
    if (accounts) storage.allowIndex(this.morning, 'Query', 'account');
    Grant.addToPrincipal({
      grantee: this.morning,
      actions: ['states:StartExecution'],
      resourceArns: [this.machine.stateMachineArn],
    });
    this.tick = new Tick(this, 'Tick', {
      target: this.morning,
      every: Duration.hours(1),
      on: ScheduleExpression.cron({ minute: '0' }),
    });
  }
}
