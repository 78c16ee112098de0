import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTemplate, type Template } from '../../local/template.ts';
import { allows, functionNames, permissionsOf, refused, unused } from './policy.ts';
import { removeStubs, RULES, synthesizeStub } from './stub.ts';

interface Raw {
  readonly Resources: Readonly<Record<string, RawResource>>;
  readonly Outputs: Readonly<Record<string, { Value: unknown }>>;
}
interface RawResource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: string | string[];
  readonly Properties: Readonly<Record<string, unknown>>;
}

let template: Template;
let raw: Raw;

beforeAll(async () => {
  const files = await synthesizeStub();
  const text = readFileSync(files.template, 'utf8');
  raw = JSON.parse(text) as Raw;
  // Custom resources have no outcome before they are deployed; nothing of the template names theirs.
  template = readTemplate(files, '2f8d6c1e-0000-4000-8000-000000000000');
});

afterAll(removeStubs);

const ofType = (type: string): [string, RawResource][] =>
  Object.entries(raw.Resources).filter(([, { Type }]) => Type === type);
const properties = (type: string) => template.ofType(type).map((resource) => resource.properties);

describe('permissions', () => {
  test('only send may send mail, and only from the sender’s domain', () => {
    const senders = functionNames(template).flatMap((name) =>
      permissionsOf(template, name)
        .filter(({ action }) => action.startsWith('ses:'))
        .map(
          ({ action, resource }) => `${name} ${action} ${resource.split(':').at(-1)?.split('/')[0] ?? ''}`,
        ),
    );
    expect(senders.sort()).toEqual([
      'Send ses:GetSendQuota *',
      'Send ses:SendRawEmail configuration-set',
      'Send ses:SendRawEmail identity',
    ]);
    expect(
      allows(
        template,
        'Send',
        'ses:SendRawEmail',
        'arn:aws:ses:us-east-1:000000000000:identity/mail.example.com',
      ),
    ).toBe(true);
    expect(
      allows(
        template,
        'Send',
        'ses:SendRawEmail',
        'arn:aws:ses:us-east-1:000000000000:identity/other.example',
      ),
    ).toBe(false);
  });

  test('no function is given an action by a wildcard, or every resource', () => {
    const all = functionNames(template).flatMap((name) => permissionsOf(template, name));
    expect(all.length).toBeGreaterThan(30);
    // What an account may send is asked of the account: AWS knows no resource for it.
    expect(all.filter(({ action, resource }) => action.includes('*') || resource.includes('*'))).toEqual([
      { action: 'ses:GetSendQuota', resource: '*' },
    ]);
  });

  test('every function has a role of its own, and may write the log that is its own', () => {
    const names = functionNames(template);
    const roles = names.map((name) => template.resource(name).properties['Role'] as string);
    expect(new Set(roles).size).toBe(names.length);
    for (const name of names) {
      const { LogGroup } = template.resource(name).properties['LoggingConfig'] as { LogGroup: string };
      const own = template.ofType('AWS::Logs::LogGroup').find(({ ref }) => ref === LogGroup);
      expect(own?.properties['RetentionInDays'], name).toBeGreaterThan(0);
      const writers = names.filter((each) => allows(template, each, 'logs:PutLogEvents', own?.arn ?? ''));
      expect(writers).toEqual([name]);
    }
  });

  test('each secret is read by those who need it', () => {
    const readers = (logicalId: string) =>
      functionNames(template).filter((name) =>
        allows(template, name, 'secretsmanager:GetSecretValue', template.resource(logicalId).ref),
      );
    expect(readers('IngestKeysSecret')).toEqual(['Ingest']);
    expect(readers('LinkSecret')).toEqual(['Send', 'Notify', 'Answer', 'Preferences']);
    expect(readers('SlackSecret')).toEqual(['Notify', 'Answer']);
    expect(readers('TeamsSecret')).toEqual(['Notify']);
    expect(readers('SourcesSecret')).toEqual(['Hooks']);
    expect(readers('WebhooksSecret')).toEqual(['Webhook']);
  });

  test('the console’s side writes no table: what people do in it goes over our bus, and no other', () => {
    const bus = template.ofType('AWS::Events::EventBus')[0];
    expect(
      permissionsOf(template, 'Api').filter(({ action }) => /Put|Update|Delete|Write/.test(action)),
    ).toEqual([{ action: 'events:PutEvents', resource: bus?.arn }]);
  });

  test('only start may start journeys and handoffs; the console, what a person decided on a mail; morning, its mails; publish and degrade, a rescore', () => {
    const starters = functionNames(template).filter((name) =>
      permissionsOf(template, name).some(({ action }) => action === 'states:StartExecution'),
    );
    expect(starters.sort()).toEqual(['Api', 'Degrade', 'Morning', 'Publish', 'Start']);
    const startedBy = (name: string) =>
      permissionsOf(template, name)
        .filter(({ action }) => action === 'states:StartExecution')
        .map(({ resource }) => resource.split(':').at(-1));
    expect(startedBy('Api')).toEqual([expect.stringContaining('MailDecisionMachine')]);
    expect(startedBy('Morning')).toEqual([expect.stringContaining('MorningMachine')]);
    for (const name of ['Publish', 'Degrade'])
      expect(startedBy(name)).toEqual([expect.stringContaining('RescoreMachine')]);
    expect(startedBy('Start').join()).not.toMatch(/MailDecisionMachine|RescoreMachine/);
  });
});

describe('what was seen, held against the policies', () => {
  test('finds what is not allowed, and what is allowed for nothing', () => {
    const table = template.ofType('AWS::DynamoDB::Table')[0]?.arn ?? '';
    const get = { function: 'Look', action: 'dynamodb:GetItem', resource: table };
    expect(refused(template, [get, { ...get, action: 'dynamodb:DeleteItem' }])).toEqual([
      { ...get, action: 'dynamodb:DeleteItem' },
    ]);
    expect(refused(template, [{ ...get, resource: `${table}/index/due` }])).toHaveLength(1);
    const all = functionNames(template).flatMap((name) =>
      permissionsOf(template, name).map((permission) => ({ function: name, ...permission })),
    );
    expect(unused(template, all)).toEqual([]);
    expect(
      unused(
        template,
        all.filter((each) => !(each.function === 'Look' && each.action === get.action)),
      ),
    ).toEqual([get]);
  });
});

describe('what is lost must be seen', () => {
  test('every target of a rule and of a schedule is tried again for a while, and then waits in a queue', () => {
    const targets = [
      ...properties('AWS::Events::Rule').flatMap((rule) => rule['Targets'] as Record<string, unknown>[]),
      ...properties('AWS::Scheduler::Schedule').map(
        (schedule) => schedule['Target'] as Record<string, unknown>,
      ),
    ];
    expect(targets.length).toBeGreaterThanOrEqual(6);
    const queues = template.ofType('AWS::SQS::Queue').map(({ arn }) => arn);
    for (const target of targets) {
      expect(queues).toContain((target['DeadLetterConfig'] as { Arn: string } | undefined)?.Arn);
      expect(target['RetryPolicy']).toMatchObject({
        MaximumRetryAttempts: expect.any(Number) as number,
        MaximumEventAgeInSeconds: expect.any(Number) as number,
      });
    }
  });

  test('every queue that is read has a dead-letter queue, and every dead-letter queue an alarm', () => {
    const queues = template.ofType('AWS::SQS::Queue');
    const read = properties('AWS::Lambda::EventSourceMapping').map(
      (mapping) => mapping['EventSourceArn'] as string,
    );
    const deadLetters = new Set(
      [
        ...queues.map(
          ({ properties: { RedrivePolicy } }) =>
            (RedrivePolicy as { deadLetterTargetArn: string } | undefined)?.deadLetterTargetArn,
        ),
        ...properties('AWS::Scheduler::Schedule').map(
          (schedule) => (schedule['Target'] as { DeadLetterConfig: { Arn: string } }).DeadLetterConfig.Arn,
        ),
      ].filter((arn) => arn !== undefined),
    );
    expect(queues.map(({ arn }) => arn).sort()).toEqual([...new Set([...read, ...deadLetters])].sort());
    const alarmed = properties('AWS::CloudWatch::Alarm').flatMap((alarm) =>
      alarm['MetricName'] === 'ApproximateNumberOfMessagesVisible'
        ? (alarm['Dimensions'] as { Value: string }[]).map(({ Value }) => Value)
        : [],
    );
    const names = queues.filter(({ arn }) => deadLetters.has(arn)).map(({ name }) => name);
    expect(alarmed.sort()).toEqual(names.sort());
  });

  test('a failed message comes back alone, and not before its batch has had its time', () => {
    const mappings = properties('AWS::Lambda::EventSourceMapping');
    expect(mappings).toHaveLength(3);
    for (const mapping of mappings) {
      expect(mapping).toMatchObject({
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: expect.any(Number) as number },
      });
      const queue = template.ofType('AWS::SQS::Queue').find(({ arn }) => arn === mapping['EventSourceArn']);
      const reader = template
        .ofType('AWS::Lambda::Function')
        .find(({ ref }) => ref === mapping['FunctionName']);
      expect(queue?.properties['VisibilityTimeout']).toBe(6 * (reader?.properties['Timeout'] as number));
    }
  });

  test('alarms may publish what they sound', () => {
    const [policy] = properties('AWS::SNS::TopicPolicy').map(
      (each) => each['PolicyDocument'] as { Statement: object[] },
    );
    expect(policy?.Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
      }),
    );
  });

  test('errors, waiting messages, refused mails and failed executions sound an alarm that somebody can subscribe to', () => {
    const alarms = properties('AWS::CloudWatch::Alarm');
    const topics = template.ofType('AWS::SNS::Topic').map(({ arn }) => arn);
    for (const alarm of alarms) expect(alarm['AlarmActions']).toEqual(topics);
    const metrics = JSON.stringify(alarms);
    for (const metric of [
      'Errors',
      'ApproximateAgeOfOldestMessage',
      'Reject',
      'Reputation.BounceRate',
      'ExecutionsFailed',
    ])
      expect(metrics).toContain(`"${metric}"`);
    for (const name of functionNames(template)) expect(metrics).toContain(template.resource(name).ref);
  });
});

describe('what must outlast a mistake', () => {
  test('the table is protected, and outlives the stack', () => {
    const [[, table] = []] = ofType('AWS::DynamoDB::Table');
    expect(table).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
        BillingMode: 'PAY_PER_REQUEST',
      },
    });
    const indexes = table?.Properties['GlobalSecondaryIndexes'] as {
      IndexName: string;
      Projection: object;
    }[];
    expect(indexes.map(({ IndexName }) => IndexName).sort()).toEqual([
      'account',
      'band',
      'due',
      'handoff',
      'name',
    ]);
    for (const { Projection } of indexes) expect(Projection).toEqual({ ProjectionType: 'KEYS_ONLY' });
  });

  test('a journey’s state machine has a pinned logical id, and stays when the journey leaves', () => {
    expect(raw.Resources['JourneyFirstSteps']).toMatchObject({
      Type: 'AWS::StepFunctions::StateMachine',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('without a journey its role stays, so that leads who are on their way go on', async () => {
    const roleOf = (from: Raw) =>
      Object.entries(from.Resources).filter(
        ([id, { Type }]) => Type === 'AWS::IAM::Role' && id.startsWith('MachinesJourneyRole'),
      );
    const without = await synthesizeStub({ ...RULES, journeys: {} });
    const after = JSON.parse(readFileSync(without.template, 'utf8')) as Raw;
    expect(roleOf(raw)).toHaveLength(1);
    expect(roleOf(after)).toEqual(roleOf(raw));
  });

  test('without accounts in the rules there is no function for them, no queue and no permission', async () => {
    const { accounts: _, ...rules } = RULES;
    const without = readTemplate(await synthesizeStub(rules), '2f8d6c1e-0000-4000-8000-000000000000');
    expect(functionNames(without)).toEqual(functionNames(template).filter((name) => name !== 'Accounts'));
    expect(without.ofType('AWS::Lambda::EventSourceMapping')).toHaveLength(2);
    for (const name of functionNames(without))
      expect(
        permissionsOf(without, name).filter(({ resource }) => resource.endsWith('index/account')),
      ).toEqual([]);
  });
  test('rules that read accounts bring the function that hears what is said of one', async () => {
    const { accounts: _, ...rules } = RULES;
    const size = {
      score: 'size',
      rules: { large: { why: 'Money.', when: { 'account.employees': '>=500' }, points: 5 } },
    };
    const reading = await synthesizeStub({ ...rules, scores: { ...rules.scores, size } });
    const names = functionNames(readTemplate(reading, '2f8d6c1e-0000-4000-8000-000000000000'));
    expect(names).toContain('Accounts');
  });
  test('an account is added up when whoever scored its people is done', () => {
    const delayed = properties('AWS::SQS::Queue').filter(({ DelaySeconds }) => DelaySeconds !== undefined);
    expect(delayed).toHaveLength(1);
    const scorer = template.resource('Score').properties['Timeout'] as number;
    expect(delayed[0]?.['DelaySeconds']).toBeGreaterThan(scorer);
    expect(delayed[0]?.['DelaySeconds']).toBeLessThan(60);
  });
  test('users and the secret that signs links outlive the stack', () => {
    for (const type of ['AWS::Cognito::UserPool'])
      for (const [, each] of ofType(type)) expect(each.DeletionPolicy).toBe('Retain');
    expect(raw.Resources['LinkSecret']?.DeletionPolicy).toBe('Retain');
  });
});

describe('the way in', () => {
  test('a flood costs no more than a known number of calls, and that is above what both keys may send', () => {
    const [stage] = template.ofType('AWS::ApiGatewayV2::Stage');
    const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = stage?.properties[
      'DefaultRouteSettings'
    ] as { ThrottlingRateLimit: number; ThrottlingBurstLimit: number };
    const { Variables } = template.resource('Ingest').properties['Environment'] as {
      Variables: { EVENTS_PER_SECOND: string };
    };
    expect(rate).toBeGreaterThanOrEqual(2 * Number(Variables.EVENTS_PER_SECOND));
    expect(Math.max(rate, burst)).toBeLessThanOrEqual(5_000);
  });

  test('leads are shown only to those who are signed in', () => {
    const authorizers = template.ofType('AWS::ApiGatewayV2::Authorizer');
    expect(authorizers).toHaveLength(1);
    expect(authorizers[0]?.properties).toMatchObject({
      AuthorizerType: 'JWT',
      JwtConfiguration: { Audience: [expect.any(String) as string] },
    });
    const routes = properties('AWS::ApiGatewayV2::Route');
    const open = routes
      .filter((route) => route['AuthorizationType'] !== 'JWT')
      .map((route) => route['RouteKey'] as string);
    expect(open.filter((key) => key.includes(' /api/'))).toEqual(['GET /api/config']);
    for (const method of ['GET', 'POST'])
      expect(routes.map((route) => route['RouteKey'] as string)).toContain(`${method} /api/{proxy+}`);
  });

  test('no route ends in a slash, which API Gateway refuses', () => {
    const keys = properties('AWS::ApiGatewayV2::Route').map((route) => route['RouteKey'] as string);
    expect(keys).toContain('POST /batch/{proxy+}');
    expect(keys.filter((key) => key.endsWith('/'))).toEqual([]);
  });

  test('the archive keeps what ingest took in, for thirty days, and nothing else', () => {
    expect(properties('AWS::Events::Archive')).toEqual([
      expect.objectContaining({ EventPattern: { source: ['kindling.ingest'] }, RetentionDays: 30 }),
    ]);
  });

  test('what becomes of a mail reaches our own bus by way of the account’s', () => {
    const [{ EventDestination } = {}] = properties('AWS::SES::ConfigurationSetEventDestination') as {
      EventDestination?: object;
    }[];
    expect(JSON.stringify(EventDestination)).toContain('event-bus/default');
    const forward = properties('AWS::Events::Rule').filter((rule) => rule['EventBusName'] === undefined);
    const bus = template.ofType('AWS::Events::EventBus')[0]?.arn;
    expect(forward).toHaveLength(1);
    expect(forward[0]).toMatchObject({ EventPattern: { source: ['aws.ses'] }, Targets: [{ Arn: bus }] });
  });

  test('sign-in is by invitation', () => {
    expect(properties('AWS::Cognito::UserPool')[0]).toMatchObject({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    });
    expect(properties('AWS::Cognito::UserPoolClient')[0]).toMatchObject({
      AllowedOAuthFlows: ['code'],
      GenerateSecret: false,
    });
  });

  test('the bucket is private, and what it holds comes with a policy that lets no other script run', () => {
    expect(properties('AWS::S3::Bucket')[0]).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    const policy = JSON.stringify(properties('AWS::CloudFront::ResponseHeadersPolicy'));
    expect(policy).toContain("default-src 'none'; script-src 'self'");
  });
});

describe('the template', () => {
  test('runs on one kind of machine', () => {
    for (const name of functionNames(template))
      expect(template.resource(name).properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
      });
  });

  test('has nothing that the local runtime does not know', () => {
    // Reading it would have failed on the first such thing; nothing is left out, either.
    expect(template.ids).toEqual(Object.keys(raw.Resources));
  });

  test('is the same whenever it is made', async () => {
    const again = await synthesizeStub();
    expect(JSON.parse(readFileSync(again.template, 'utf8'))).toEqual(raw);
  });

  test('publishes the rules after everything that carries them out', () => {
    const [[, rules] = []] = ofType('Custom::Ruleset');
    expect(rules?.DependsOn).toEqual(
      expect.arrayContaining(['JourneyFirstSteps', 'HandoffMachine', 'Start', 'Score']),
    );
  });

  test('changes its ruleset’s name with the rules, and so publishes them', async () => {
    const nameIn = (from: Raw) =>
      Object.values(from.Resources).find(({ Type }) => Type === 'Custom::Ruleset')?.Properties['Hash'];
    const other = await synthesizeStub({ ...RULES, bands: { bands: { cold: 0, warm: 21 } } });
    expect(nameIn(JSON.parse(readFileSync(other.template, 'utf8')) as Raw)).not.toBe(nameIn(raw));
  });

  test('can be deployed in some order: nothing waits for itself', () => {
    const names = new Set(Object.keys(raw.Resources));
    const needs = (id: string): string[] => {
      const { DependsOn = [], ...rest } = raw.Resources[id] as RawResource;
      const text = JSON.stringify(rest);
      return [...names].filter(
        (other) =>
          other !== id &&
          ([DependsOn].flat().includes(other) ||
            text.includes(`"Ref":"${other}"`) ||
            text.includes(`"Fn::GetAtt":["${other}"`)),
      );
    };
    const left = new Map([...names].map((id) => [id, needs(id)]));
    for (let size = -1; size !== left.size;) {
      size = left.size;
      for (const [id, waitsFor] of left) if (waitsFor.every((other) => !left.has(other))) left.delete(id);
    }
    expect([...left.keys()]).toEqual([]);
  });

  test('tells what an operator needs', () => {
    expect(Object.keys(raw.Outputs).sort()).toEqual(
      [
        'AlarmTopicArn',
        'BusName',
        'IngestKeysSecretArn',
        'PublishFunctionName',
        'SlackSecretArn',
        'SourcesSecretArn',
        'TableName',
        'TeamsSecretArn',
        'Url',
        'UserPoolClientId',
        'UserPoolId',
        'WebhooksSecretArn',
      ].sort(),
    );
  });
});

test('AwsSolutions and CloudFormation’s own checks find nothing', async () => {
  await expect(synthesizeStub(RULES, { validate: true, nag: true })).resolves.toBeDefined();
}, 120_000);
