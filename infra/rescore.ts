import { ArnFormat, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Grant, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type CfnStateMachine, DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Bus } from './bus.ts';
import { BundledFunction, type Bundles } from './function.ts';
import { SHARDS } from './functions.ts';
import type { StateMachineDefinition } from './journeys.ts';
import type { Storage } from './storage.ts';

export interface RescoreProps {
  readonly bundles: Bundles;
  readonly storage: Storage;
  readonly bus: Bus;
}

/** Into how many segments the leads are divided, each an execution of its own. */
const SEGMENTS = 16;
/** How many of them are worked on at once. */
const AT_ONCE = 8;
/** Leads a second, of all segments together: a million leads take half an hour, and 1,000 reads a second at the most. */
const LEADS_A_SECOND = 500;

const RETRY = [
  { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 8, MaxDelaySeconds: 300 },
];

/**
 * The state machine that brings all leads to a ruleset; its input is `{epoch, startAt, segments: [{epoch, segment, of}]}`.
 * It waits until nobody scores by the old rules any more, then walks the segments of the leads, each in an execution of
 * its own that calls the function until the segment is done.
 */
export const rescoreDefinition = (rescore: string): StateMachineDefinition => ({
  Comment: 'Brings all leads to the live ruleset',
  StartAt: 'note where it begins',
  States: {
    'note where it begins': {
      Type: 'Task',
      Resource: rescore,
      Parameters: { 'epoch.$': '$.epoch', step: 'begin' },
      ResultPath: null,
      Retry: RETRY,
      Next: 'wait until the old rules are gone',
    },
    'wait until the old rules are gone': { Type: 'Wait', TimestampPath: '$.startAt', Next: 'all segments' },
    'all segments': {
      Type: 'Map',
      ItemsPath: '$.segments',
      MaxConcurrency: AT_ONCE,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'bring on',
        States: {
          'bring on': {
            Type: 'Task',
            Resource: rescore,
            ResultPath: '$.answer',
            Retry: RETRY,
            Next: 'more?',
          },
          'more?': {
            Type: 'Choice',
            Choices: [{ Variable: '$.answer.outcome', StringEquals: 'more', Next: 'bring on' }],
            Default: 'brought',
          },
          brought: { Type: 'Pass', OutputPath: '$.answer', End: true },
        },
      },
      Label: 'segments',
      ResultPath: null,
      Next: 'note that all are done',
    },
    'note that all are done': {
      Type: 'Task',
      Resource: rescore,
      Parameters: { 'epoch.$': '$.epoch', step: 'finish' },
      ResultPath: '$.answer',
      Retry: RETRY,
      End: true,
    },
  },
});

/** Brings all leads to another ruleset: a function that does a segment of them, and the state machine that walks all. */
export class Rescore extends Construct {
  readonly rescore: BundledFunction;
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { bundles, storage, bus }: RescoreProps) {
    super(scope, id);
    this.rescore = new BundledFunction(this, 'Rescore', {
      description: 'Brings leads to a new ruleset',
      bundle: bundles('rescore'),
      environment: {
        TABLE_NAME: storage.table.tableName,
        BUS_NAME: bus.bus.eventBusName,
        ...SHARDS,
        RESCORE_PER_SECOND: String(Math.floor(LEADS_A_SECOND / AT_ONCE)),
      },
      timeout: Duration.minutes(5),
      memorySize: 1024,
    });
    storage.allow(this.rescore, 'GetItem', 'BatchGetItem', 'Query', 'PutItem');
    storage.allowIndex(this.rescore, 'Scan', 'band');
    bus.allowPut(this.rescore);

    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    Grant.addToPrincipal({
      grantee: role,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [this.rescore.functionArn],
    });
    this.machine = new StateMachine(this, 'RescoreMachine', {
      comment: 'Brings all leads to the live ruleset',
      definitionBody: DefinitionBody.fromString(JSON.stringify(rescoreDefinition(this.rescore.functionArn))),
      role,
    });
    (this.machine.node.defaultChild as CfnStateMachine).overrideLogicalId('RescoreMachine');
    // A distributed map starts executions of its own machine. The machine cannot wait for a policy that names it.
    const { stateMachineArn } = this.machine;
    const walk = new Policy(this, 'WalkSegments', {
      roles: [role],
      statements: [
        new PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachineArn] }),
        new PolicyStatement({
          actions: ['states:DescribeExecution', 'states:StopExecution'],
          resources: [
            Stack.of(this).formatArn({
              service: 'states',
              resource: 'execution',
              resourceName: `${this.machine.stateMachineName}/*`,
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          ],
        }),
      ],
    });
    Validations.of(walk).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<RescoreMachine.Name>/*]',
      reason: 'The executions of its segments are named by Step Functions, below the name of the machine.',
    });
    Validations.of(this.machine).acknowledge(
      {
        id: 'AwsSolutions-SF1',
        reason: 'Step Functions itself keeps every execution’s history for 90 days.',
      },
      {
        id: 'AwsSolutions-SF2',
        reason: 'Its segments note in the table how far they are; the function logs each.',
      },
    );
  }

  /** Lets a function start it. */
  allowStart(grantee: BundledFunction): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['states:StartExecution'],
      resourceArns: [this.machine.stateMachineArn],
    });
    grantee.addEnvironment('RESCORE_MACHINE', this.machine.stateMachineArn);
    grantee.addEnvironment('RESCORE_SEGMENTS', String(SEGMENTS));
  }
}
