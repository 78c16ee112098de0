import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

interface MachineProps {
  readonly definition: StateMachineDefinition;
  /** @default the definition stands in the template */
  readonly definitionBody?: DefinitionBody;
  readonly role: Role;
  /** What its placeholders stand for. */
  readonly substitutions?: Record<string, string>;
}

/** Functions' ARNs, for a definition that lies outside the template and so knows none of its resources. */
class Substitutions<Name extends string> {
  readonly placeholders: Readonly<Record<Name, string>>;
  readonly values: Record<string, string>;

  constructor(functions: Readonly<Record<Name, Function>>) {
    const named = (Object.entries(functions) as [Name, Function][]).map(
      ([name, { functionArn }]) => [name, `KindlingFunction${name}`, functionArn] as const,
    );
    this.placeholders = Object.fromEntries(named.map(([name, key]) => [name, `\${${key}}`])) as Record<
      Name,
      string
    >;
    this.values = Object.fromEntries(named.map(([, key, arn]) => [key, arn]));
  }
}

/** Hundreds of definitions are more than a template may hold: each is an asset of its own. */
const asFile = <T>(definition: StateMachineDefinition, use: (body: DefinitionBody) => T): T => {
  const folder = mkdtempSync(join(tmpdir(), 'kindling-journey-'));
  try {
    const file = join(folder, 'definition.json');
    writeFileSync(file, JSON.stringify(definition));
    // What makes an asset of it copies it at once.
    return use(DefinitionBody.fromFile(file));
  } finally {
    rmSync(folder, { recursive: true });
  }
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
    const addresses = new Substitutions({ look, act, send, notify, webhook });
    this.journeys = new Map(
      Object.entries(props.journeys).map(([name, journey]) => {
        const definition = journeyDefinition(journey, addresses.placeholders);
        const id = journeyLogicalId(name);
        const machine = asFile(definition, (definitionBody) =>
          this.machine(id, {
            definition,
            definitionBody,
            role: journeyRole,
            substitutions: addresses.values,
          }),
        );
        machine.applyRemovalPolicy(RemovalPolicy.RETAIN);
        return [name, machine];
      }),
    );
    this.handoff = this.machine('HandoffMachine', {
      definition: handoffDefinition({
        handoff: handoff.functionArn,
        send: send.functionArn,
        notify: notify.functionArn,
        webhook: webhook.functionArn,
      }),
      role: this.roleToInvoke('HandoffRole', [handoff, send, notify, webhook]),
    });
    this.decision = this.machine('MailDecisionMachine', {
      definition: decisionDefinition(send.functionArn),
      role: this.roleToInvoke('MailDecisionRole', [send]),
    });

    this.start = new BundledFunction(this, 'Start', {
      description: 'Starts the journeys and handoffs that a change calls for',
      bundle: props.bundles('start'),
      environment: {
        TABLE_NAME: storage.table.tableName,
        HANDOFF_MACHINE: this.handoff.stateMachineArn,
      },
      timeout: START_TIMEOUT,
    });
    bus.changes.consumedBy(this.start, { maxConcurrency: 5 });
    storage.allow(this.start, 'GetItem', 'Query', 'PutItem', 'UpdateItem');
    if (props.accounts) storage.allowIndex(this.start, 'Query', 'account');
    // Each in a statement of its own: a policy has room for some sixty, and CDK makes several of so many statements.
    for (const machine of [...this.journeys.values(), this.handoff])
      Grant.addToPrincipal({
        grantee: this.start,
        actions: ['states:StartExecution'],
        resourceArns: [machine.stateMachineArn],
      });
  }

  /** Journey → its state machine's ARN, as JSON. */
  get addresses(): string {
    const arns = [...this.journeys].map(([name, machine]) => [name, machine.stateMachineArn]);
    return Stack.of(this).toJsonString(Object.fromEntries(arns));
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

  private machine(
    id: string,
    { definition, definitionBody, role, substitutions }: MachineProps,
  ): StateMachine {
    const machine = new StateMachine(this, id, {
      comment: definition.Comment,
      definitionBody: definitionBody ?? DefinitionBody.fromString(JSON.stringify(definition)),
      ...(substitutions === undefined ? {} : { definitionSubstitutions: substitutions }),
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
