import { type SesEventType } from './mail/ses-event.ts';
/** What every local service has in common, and what the services give one another. */

/** The time that functions and services see; its state is on disk before `set` or `goReal` return. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** True while time stands still between steps. */
  readonly virtual: boolean;
  /** Moves virtual time; never backwards. */
  readonly set: (at: number) => void;
  /** Virtual time ends here; from now on the machine's own clock counts. */
  readonly goReal: () => void;
}

export interface Service {
  readonly name: string;
  /** Where SDK clients reach it, "http://127.0.0.1:PORT". */
  readonly endpoint?: string;
  /** Ends within two seconds; what was acknowledged stays on disk, what was under way comes back at the next start. */
  stop(): Promise<void>;
}

/** Has something to do at known instants: a delay, a wait, a visibility timeout, a tick of a schedule. */
export interface Timed {
  /** The earliest instant at which something is due, in ms; null when nothing waits. What is due already is under way instead. */
  nextDue(): number | null;
  /** Starts everything due at or before `now`, in order of due time. Returns at once: `busy()` says when it is done. */
  runDue(now: number): void;
}

/** Has work under way. */
export interface Quiet {
  /** True while anything runs that can change state without the clock moving; what waits for a later instant is not busy. */
  busy(): boolean;
}

/** A resource of the template, its properties with every intrinsic function resolved. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  /** What `Ref` gives; for a queue its URL, for a state machine its ARN. */
  readonly ref: string;
  /** "" where the type has none. */
  readonly arn: string;
  /** The physical name; for a schedule "group/name". */
  readonly name: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly properties: Readonly<Record<string, any>>;
}

/** Who calls: a function by its logical id, a role that a service assumes, or a service that acts for one of its resources. */
export type Principal =
  | { readonly kind: 'function'; readonly name: string; readonly roleArn: string }
  | { readonly kind: 'role'; readonly roleArn: string }
  | { readonly kind: 'service'; readonly service: string; readonly sourceArn: string };

/** Records who does what to what, and refuses what the template's policies do not allow. */
export interface Access {
  /** The function whose access key signed a request; throws `AwsError` when nobody's did. */
  readonly identify: (headers: Readonly<Record<string, string | string[] | undefined>>) => Principal;
  /** Throws `AwsError` "AccessDeniedException" when no statement allows it.
   *  @example allow(principal, 'sqs:SendMessage', queueArn) */
  readonly allow: (principal: Principal, action: string, resource: string) => void;
}

/** An error as AWS puts it on the wire. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
  }
}

/** What a function came to: its answer, or its error shaped as Lambda's. */
export type Invoked =
  | { readonly payload: unknown }
  | {
      readonly error: {
        readonly errorType: string;
        readonly errorMessage: string;
        readonly trace?: string[];
      };
    };

/** Invokes a function and waits for its end. Waits too until the runtime is ready and a context is free.
 *  @param event a JSON value */
export type Invoke = (functionArn: string, event: unknown, as: Principal) => Promise<Invoked>;

/** Hands a JSON value to whatever an ARN names: a function, queue, bus or state machine. Resolves when the target
 *  has it (a function: has run without error); rejects otherwise. A queue takes a string as it is and anything else
 *  as JSON; a bus takes PutEvents entries, an array. */
export type Deliver = (
  targetArn: string,
  body: unknown,
  as: Principal,
  options?: { readonly messageGroupId?: string; readonly attributes?: Readonly<Record<string, string>> },
) => Promise<void>;

/** What every factory gets. */
export interface Surroundings {
  /** The service's own folder; it exists. */
  readonly dir: string;
  readonly clock: Clock;
  readonly access: Access;
  /** To be called whenever `nextDue()` or `busy()` may answer differently. Cheap. */
  readonly changed: () => void;
  readonly log: (line: string) => void;
}

/** An entry of PutEvents, as on the wire; Detail is a string of JSON. */
export interface BusEntry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
  readonly Resources?: readonly string[];
  readonly EventBusName?: string;
  /** Seconds since 1970, or ISO. */
  readonly Time?: number | string;
}

export interface DynamodbDeps extends Surroundings {
  /** Another DynamoDB, Amazon's own or DynamoDB Local: requests are recorded, signed anew and passed on. */
  readonly upstream?: string;
}
export type Dynamodb = Service & Quiet & { readonly endpoint: string };
export type StartDynamodb = (deps: DynamodbDeps) => Promise<Dynamodb>;

/** Resources: AWS::Events::EventBus, Rule, Archive, and the default bus, which every account has. */
export interface BusDeps extends Surroundings {
  readonly resources: readonly Resource[];
  readonly deliver: Deliver;
}
export type Bus = Service &
  Timed &
  Quiet & {
    readonly endpoint: string;
    /** Takes entries for a bus by its ARN or name (also "default"); on disk when it resolves. */
    put(bus: string, entries: readonly BusEntry[]): Promise<void>;
  };
export type StartBus = (deps: BusDeps) => Promise<Bus>;

/** Resources: AWS::SQS::Queue and AWS::Lambda::EventSourceMapping. */
export interface QueueDeps extends Surroundings {
  readonly resources: readonly Resource[];
  readonly invoke: Invoke;
  /** The role under which a function polls, for `access`. */
  readonly principalOf: (functionArn: string) => Principal;
}
export type Queue = Service &
  Timed &
  Quiet & {
    readonly endpoint: string;
    /** On disk when it resolves. */
    send(
      queueArn: string,
      body: string,
      options?: { readonly messageGroupId?: string; readonly attributes?: Readonly<Record<string, string>> },
    ): Promise<void>;
    /** Messages that a queue holds, those in flight included. */
    depth(queueArn: string): number;
  };
export type StartQueue = (deps: QueueDeps) => Promise<Queue>;

/** Resources: AWS::Scheduler::Schedule and ScheduleGroup. The target's RoleArn is the principal. */
export interface SchedulerDeps extends Surroundings {
  readonly resources: readonly Resource[];
  readonly deliver: Deliver;
}
export type Scheduler = Service & Timed & Quiet;
export type StartScheduler = (deps: SchedulerDeps) => Promise<Scheduler>;

/** Resources: AWS::StepFunctions::StateMachine; `properties.definition` is the parsed definition, substitutions done. */
export interface StatesDeps extends Surroundings {
  readonly resources: readonly Resource[];
  readonly invoke: Invoke;
  readonly deliver: Deliver;
}
export type States = Service &
  Timed &
  Quiet & {
    readonly endpoint: string;
    /** Starts an execution; on disk when it resolves. Without a name it gets a random one. */
    start(stateMachineArn: string, input: unknown, name?: string): Promise<void>;
  };
export type StartStates = (deps: StatesDeps) => Promise<States>;

/** A mail that was sent, as the mailbox shows it. */
export interface Mail {
  readonly to: string[];
  readonly from: string;
  readonly subject: string;
  /** Names in lower case; a repeated header is joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly html: string;
  /** ISO, by the clock. */
  readonly at: string;
  readonly id: string;
}

/** Resources: AWS::SES::ConfigurationSet, ConfigurationSetEventDestination, EmailIdentity. */
export interface MailDeps extends Surroundings {
  readonly resources: readonly Resource[];
  readonly deliver: Deliver;
}
export type MailService = Service &
  Timed &
  Quiet & {
    readonly endpoint: string;
    /** Everything sent, oldest first. */
    sent(): Promise<Mail[]>;
    /** Lets something happen to a mail: it was opened, a link of it was clicked, it bounced. False for an unknown id. */
    event(mailId: string, type: SesEventType, details?: object): Promise<boolean>;
  };
