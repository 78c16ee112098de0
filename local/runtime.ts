import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { localAddresses } from './addresses.ts';
import { startBus } from './bus.ts';
import { openClock, type ClockMode } from './clock.ts';
import { createDelivery, type Targets } from './delivery.ts';
import { createResponses, deployCustoms, openOutcomes } from './deploy.ts';
import { deployTables } from './deploy/tables.ts';
import { createDue, type Due } from './due.ts';
import { startDynamodb } from './dynamodb.ts';
import { createEnding, type Ending } from './ending.ts';
import { failAt } from './endpoint.ts';
import { createFaults, failingInvoke } from './faults.ts';
import { openFolder } from './folder.ts';
import { createFront } from './http/front.ts';
import { createLocal } from './http/local.ts';
import { openSinks } from './http/sinks.ts';
import { message, type HttpAnswer, type HttpRequest } from './http/message.ts';
import { openPort } from './http/port.ts';
import { createTableDoor } from './http/table.ts';
import { openIssuer } from './issuer.ts';
import { folderOfCode, startLambda } from './lambda.ts';
import { withDefinition } from './machines.ts';
import { startMail } from './mail.ts';
import { createPrincipals, DEPLOYER, type Action } from './principals.ts';
import { startQueue } from './queue.ts';
import { startScheduler } from './scheduler.ts';
import { startSecrets } from './secrets.ts';
import { AwsError, type Clock, type Invoke } from './service.ts';
import { startStates } from './states.ts';
import { readTemplate } from './template.ts';

export interface RuntimeOptions {
  /** The synthesized template, a file. */
  readonly template: string;
  /** Its asset manifest, a file. */
  readonly manifest: string;
  /** The data folder. */
  readonly data: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly clock: ClockMode;
  /** Another DynamoDB in place of the embedded one, a URL. */
  readonly dynamodb?: string;
  /** Values of secrets, by the first letters of their logical ids; "{url}" in them is the local address. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** In place of the template's values, for functions that have such a variable. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log?: (line: string) => void;
}

/** The stack, running on this machine. */
export interface Runtime {
  /** "http://127.0.0.1:4700" */
  readonly url: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** The value of a secret by its ARN. */
  readonly secret: (arn: string) => Promise<string>;
  /** An id token for the console. */
  token(): Promise<string>;
  /** Resolves when nothing runs and nothing is due. */
  idle(): Promise<void>;
  /** Moves virtual time and runs everything due on the way, in order. */
  advance(ms: number): Promise<void>;
  /** The same, but a schedule that is due many times on the way runs once, at the end, and `there` beside it. */
  drowse(ms: number, there?: () => Promise<void>): Promise<void>;
  /** What each function did to what, each combination once. */
  actions(): Action[];
  stop(): Promise<void>;
}

/** Starts every service that the template names, deploys it into them, and opens the port. */
export const startRuntime = async (options: RuntimeOptions): Promise<Runtime> => {
  const { log = () => {} } = options;
  const ending = createEnding();
  try {
    return await start(options, log, ending);
  } catch (error) {
    await ending.run(log);
    throw error;
  }
};

const start = async (
  options: RuntimeOptions,
  log: (line: string) => void,
  ending: Ending,
): Promise<Runtime> => {
  const data = resolve(options.data);
  const folder = openFolder(data);
  ending.add(folder.release);
  const outcomes = openOutcomes(join(data, 'deployed.json'));
  const template = readTemplate(
    { template: options.template, manifest: options.manifest },
    folder.id,
    outcomes.get,
  );
  const openedClock = openClock(join(data, 'clock'), options.clock);
  ending.add(openedClock.close);

  // Requests that come before all is there wait for it.
  let opened: (handle: (request: HttpRequest) => Promise<HttpAnswer>) => void = () => {};
  const handling = new Promise<(request: HttpRequest) => Promise<HttpAnswer>>((done) => (opened = done));
  const responses = createResponses();
  const port = await openPort(
    options.port,
    async (request) => {
      if (request.method === 'PUT' && request.path.startsWith('/_local/cloudformation/'))
        return answerOfCustom(request);
      return (await handling)(request);
    },
    log,
  );
  ending.add(port.stop);
  const answerOfCustom = (request: HttpRequest): HttpAnswer => {
    let body: unknown;
    try {
      body = JSON.parse(request.body.toString());
    } catch {
      return message(400, 'Bad Request');
    }
    const taken = responses.take(request.path.split('/').at(-1) ?? '', body);
    return taken ? { status: 200, headers: {}, body: '' } : message(404, 'Not Found');
  };

  const issuer = await openIssuer(join(data, 'issuer.json'), `${port.url}/_local/issuer`);
  const endpoints: Record<string, string> = {};
  const localized = localAddresses(template, {
    url: port.url,
    issuerUrl: issuer.url,
    queueUrl: () => endpoints.AWS_ENDPOINT_URL_SQS ?? '',
  });

  const later: { due?: Due } = {};
  const changed = (): void => later.due?.changed();
  const clock: Clock = {
    now: openedClock.now,
    get virtual() {
      return openedClock.virtual;
    },
    set: openedClock.set,
    goReal: () => {
      openedClock.goReal();
      changed();
    },
  };
  const access = createPrincipals(template);
  const surroundings = (name: string) => {
    const dir = join(data, name);
    mkdirSync(dir, { recursive: true });
    return { dir, clock, access, changed, log };
  };

  const settings = Object.entries(options.settings ?? {});
  const lambda = ending.service(
    startLambda({
      ...surroundings('log'),
      access,
      resources: template.ofType('AWS::Lambda::Function'),
      folderOf: (resource) => folderOfCode(resource, template.asset),
      environmentOf: ({ properties }) => {
        const { Variables: given = {} } = (properties.Environment ?? {}) as {
          Variables?: Record<string, string>;
        };
        const own = settings.filter(([name]) => Object.hasOwn(given, name));
        return Object.fromEntries(
          [...Object.entries(given), ...own].map(([name, value]) => [name, localized(String(value))]),
        );
      },
      endpoints,
    }),
  );
  let readied: (targets: Targets) => void = () => {};
  const ready = new Promise<Targets>((done) => (readied = done));
  const invoke: Invoke = async (functionArn, event, as) => {
    await ready;
    return lambda.invoke(functionArn, event, as);
  };
  const deliver = createDelivery(ready);

  const [dynamodb, secrets] = await Promise.all([
    startDynamodb({
      ...surroundings('dynamodb'),
      ...(options.dynamodb === undefined ? {} : { upstream: options.dynamodb }),
    }).then(ending.service),
    startSecrets({
      ...surroundings('secrets'),
      resources: template.ofType('AWS::SecretsManager::Secret'),
      overrides: Object.fromEntries(
        Object.entries(options.secrets ?? {}).map(([name, value]) => [
          name,
          value.replaceAll('{url}', port.url),
        ]),
      ),
    }).then(ending.service),
  ]);
  // Whatever has no service of its own here is refused by name.
  endpoints.AWS_ENDPOINT_URL = secrets.endpoint;
  endpoints.AWS_ENDPOINT_URL_SECRETS_MANAGER = secrets.endpoint;
  endpoints.AWS_ENDPOINT_URL_DYNAMODB = dynamodb.endpoint;

  const bus = ending.service(
    await startBus({
      ...surroundings('bus'),
      resources: template.ofType('AWS::Events::EventBus', 'AWS::Events::Rule', 'AWS::Events::Archive'),
      deliver,
    }),
  );
  const mail = ending.service(
    await startMail({
      ...surroundings('mail'),
      resources: template.ofType(
        'AWS::SES::ConfigurationSet',
        'AWS::SES::ConfigurationSetEventDestination',
        'AWS::SES::EmailIdentity',
      ),
      deliver,
    }),
  );
  const faults = createFaults();
  const states = ending.service(
    await startStates({
      ...surroundings('states'),
      resources: template
        .ofType('AWS::StepFunctions::StateMachine')
        .map((machine) => withDefinition(machine, template.asset)),
      invoke: failingInvoke(faults, invoke),
      deliver,
    }),
  );
  const queue = ending.service(
    await startQueue({
      ...surroundings('queue'),
      resources: template.ofType('AWS::SQS::Queue', 'AWS::Lambda::EventSourceMapping'),
      invoke,
      principalOf: lambda.principalOf,
    }),
  );
  endpoints.AWS_ENDPOINT_URL_EVENTBRIDGE = bus.endpoint;
  endpoints.AWS_ENDPOINT_URL_SES = mail.endpoint;
  endpoints.AWS_ENDPOINT_URL_SFN = states.endpoint;
  endpoints.AWS_ENDPOINT_URL_SQS = queue.endpoint;
  for (const [name, { endpoint }] of Object.entries({ mail, dynamodb, states, bus }))
    failAt(endpoint, (handle) => faults.around(name as 'mail', handle));

  const deployer = access.issue(DEPLOYER).id;
  await deployTables(
    template.ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'),
    dynamodb.endpoint,
    deployer,
  );
  await deployCustoms({ template, outcomes, responses, invoke: lambda.invoke, url: port.url });
  const scheduler = ending.service(
    await startScheduler({
      ...surroundings('scheduler'),
      resources: template.ofType('AWS::Scheduler::Schedule', 'AWS::Scheduler::ScheduleGroup'),
      deliver,
    }),
  );
  // Now that custom resources have their data, everything else must resolve too.
  for (const logicalId of template.ids) template.resource(logicalId);
  const outputs = Object.fromEntries(
    Object.entries(template.outputs()).map(([name, value]) => [name, localized(value)]),
  );

  const due = createDue(
    clock,
    [queue, bus, mail, states, scheduler],
    [lambda, dynamodb, queue, bus, mail, states, scheduler],
    [scheduler],
  );
  later.due = due;
  ending.add(due.stop);
  const front = createFront({ template, invoke, issuer, clock, localized, log });
  const local = createLocal({
    clock,
    due,
    faults,
    mail,
    issuer,
    access,
    invoke: async (name, event) => {
      const found = template.ofType('AWS::Lambda::Function').find(({ logicalId }) => logicalId === name);
      if (!found) throw new AwsError('ResourceNotFoundException', `There is no function ${name}.`, 404);
      return invoke(found.arn, event, DEPLOYER);
    },
    sinks: openSinks(data, clock),
    table: createTableDoor(dynamodb.endpoint, deployer),
  });
  readied({ access, lambda, bus, queue, states });
  opened((request) => (/^\/_local(\/|$)/.test(request.path) ? local(request) : front(request)));
  due.changed();

  const clients = template.ofType('AWS::Cognito::UserPoolClient');
  return {
    url: port.url,
    outputs,
    clock,
    secret: (arn) => Promise.resolve(secrets.value(arn)),
    token: () => issuer.token(clients[0]?.ref ?? ''),
    idle: due.idle,
    advance: (ms) => due.advance(clock.now() + ms),
    drowse: (ms, there) => due.drowse(clock.now() + ms, there),
    actions: access.actions,
    stop: () => ending.run(log),
  };
};
