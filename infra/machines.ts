import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { type CfnStateMachine, DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Journey } from '../core/schema/journey.ts';
import type { Bus } from './bus.ts';
import { decisionDefinition } from './decision.ts';
import { BundledFunction, type Bundles } from './function.ts';
import { START_TIMEOUT } from './functions.ts';
import { handoffDefinition } from './handoff-machine.ts';
import { journeyDefinition, type StateMachineDefinition } from './journeys.ts';
import type { Storage } from './storage.ts';

export interface MachinesProps {
  readonly journeys: Readonly<Record<string, Journey>>;
  readonly bundles: Bundles;
  readonly storage: Storage;
  readonly bus: Bus;
  readonly look: Function;
  readonly act: Function;
  readonly send: Function;
  readonly handoff: Function;
  readonly notify: Function;
  readonly webhook: Function;
  /** Whether the rules add people up to accounts. */
  readonly accounts: boolean;
}

/** `welcome-series` → `JourneyWelcomeSeries` */
export const journeyLogicalId = (name: string): string =>
  `Journey${name.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase())}`;

/** Of the 4 kB that a function's environment may take, what the addresses of journeys may, bytes. */
const MOST_ADDRESSES = 3_600;
/** What an address takes beside the name of its journey, which stands in it twice. */
const ADDRESS = 92;

/** Without this CloudFormation would refuse the deployment half way, and say nothing of journeys. */
export const refuseTooMany = (journeys: readonly string[]): void => {
  const bytes = journeys.reduce((sum, name) => sum + 2 * name.length + ADDRESS, 0);
  if (bytes > MOST_ADDRESSES)
    throw new Error(
      `rules/journeys holds ${journeys.length} journeys, retired ones too: their addresses take ${bytes} bytes of a function's environment, and ${MOST_ADDRESSES} fit. Make one journey of several that differ in a branch.`,
    );
};

/** A state machine for each journey and one for handoffs, and the function that starts them. */
export class Machines extends Construct {
  readonly start: BundledFunction;
  /** By the journey's name. */
  readonly journeys: ReadonlyMap<string, StateMachine>;
  readonly handoff: StateMachine;
  /** Carries out what a person decided on a mail. */
  readonly decision: StateMachine;

  constructor(scope: Construct, id: string, props: MachinesProps) {
    super(scope, id);
    const { look, act, send, handoff, notify, webhook, storage, bus } = props;
    // A journey that leaves the rules leaves its machine behind, with leads on their way through it. They need the role.
    const journeyRole = this.roleToInvoke('JourneyRole', [look, act, send, notify, webhook]);
    this.journeys = new Map(
      Object.entries(props.journeys).map(([name, journey]) => {
        const definition = journeyDefinition(journey, {
          look: look.functionArn,
          act: act.functionArn,
          send: send.functionArn,
          notify: notify.functionArn,
          webhook: webhook.functionArn,
        });
        const machine = this.machine(journeyLogicalId(name), definition, journeyRole);
        machine.applyRemovalPolicy(RemovalPolicy.RETAIN);
        return [name, machine];
      }),
    );
    this.handoff = this.machine(
      'HandoffMachine',
      handoffDefinition({
        handoff: handoff.functionArn,
        send: send.functionArn,
        notify: notify.functionArn,
        webhook: webhook.functionArn,
      }),
      this.roleToInvoke('HandoffRole', [handoff, send, notify, webhook]),
    );

    this.decision = this.machine(
      'MailDecisionMachine',
      decisionDefinition(send.functionArn),
      this.roleToInvoke('MailDecisionRole', [send]),
    );

    refuseTooMany([...this.journeys.keys()]);
    const arns = Object.fromEntries(
      [...this.journeys].map(([name, machine]) => [name, machine.stateMachineArn]),
    );
    this.start = new BundledFunction(this, 'Start', {
      description: 'Starts the journeys and handoffs that a change calls for',
      bundle: props.bundles('start'),
      environment: {
        TABLE_NAME: storage.table.tableName,
        JOURNEY_MACHINES: Stack.of(this).toJsonString(arns),
        HANDOFF_MACHINE: this.handoff.stateMachineArn,
      },
      timeout: START_TIMEOUT,
    });
    bus.changes.consumedBy(this.start, { maxConcurrency: 5 });
    storage.allow(this.start, 'GetItem', 'Query', 'PutItem', 'UpdateItem');
    if (props.accounts) storage.allowIndex(this.start, 'Query', 'account');
    Grant.addToPrincipal({
      grantee: this.start,
      actions: ['states:StartExecution'],
      resourceArns: [...Object.values(arns), this.handoff.stateMachineArn],
    });
  }

  /** Lets `grantee` have a decision on a mail carried out. */
  allowDecide(grantee: Function): void {
    grantee.addEnvironment('DECISION_MACHINE', this.decision.stateMachineArn);
    Grant.addToPrincipal({
      grantee,
      actions: ['states:StartExecution'],
      resourceArns: [this.decision.stateMachineArn],
    });
  }

  private roleToInvoke(id: string, functions: readonly Function[]): Role {
    const role = new Role(this, id, { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    Grant.addToPrincipal({
      grantee: role,
      actions: ['lambda:InvokeFunction'],
      resourceArns: functions.map((each) => each.functionArn),
    });
    return role;
  }

  private machine(id: string, definition: StateMachineDefinition, role: Role): StateMachine {
    const machine = new StateMachine(this, id, {
      comment: definition.Comment,
      definitionBody: DefinitionBody.fromString(JSON.stringify(definition)),
      role,
    });
    // Another logical id would be another machine, and end every execution of this one.
    (machine.node.defaultChild as CfnStateMachine).overrideLogicalId(id);
    Validations.of(machine).acknowledge(
      {
        id: 'AwsSolutions-SF1',
        reason: 'Step Functions itself keeps every execution’s history for 90 days.',
      },
      {
        id: 'AwsSolutions-SF2',
        reason: 'Most of an execution is waiting for days; its history shows where it is.',
      },
    );
    return machine;
  }
}
