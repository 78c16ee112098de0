import { randomBytes } from 'node:crypto';
import { covers, namesService, type Facts, type Statement } from './policies/statement.ts';
import { AwsError, type Access, type Principal } from './service.ts';
import { type Template } from './template.ts';

/** One thing that a function did, each combination once. */
export interface Action {
  readonly function: string;
  /** "dynamodb:PutItem" */
  readonly action: string;
  readonly resource: string;
}

/** The runtime itself, when it deploys: what a person with every right does in AWS. */
export const DEPLOYER: Principal = {
  kind: 'service',
  service: 'cloudformation.amazonaws.com',
  sourceArn: '',
};

const BASIC: Statement = {
  Effect: 'Allow',
  Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: '*',
};
/** What AWS's own managed policies allow, of those that say anything here. */
const MANAGED: Readonly<Record<string, readonly Statement[]>> = {
  AWSLambdaBasicExecutionRole: [BASIC],
  AWSXRayDaemonWriteAccess: [
    { Effect: 'Allow', Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: '*' },
  ],
  AmazonAPIGatewayPushToCloudWatchLogs: [BASIC],
};

/** Statements by role ARN, from roles, policies and managed policies. */
const readRoles = (template: Template): Map<string, Statement[]> => {
  const roles = new Map<string, Statement[]>();
  const arnOf = new Map<string, string>();
  const managed = new Map<string, Statement[]>();
  const statements = (document: unknown): Statement[] =>
    [(document as { Statement: Statement | Statement[] }).Statement].flat();
  for (const { arn, properties } of template.ofType('AWS::IAM::ManagedPolicy')) {
    managed.set(arn, statements(properties.PolicyDocument));
  }
  for (const { arn, name, properties } of template.ofType('AWS::IAM::Role')) {
    const own: Statement[] = [];
    for (const each of (properties.Policies ?? []) as { PolicyDocument: unknown }[])
      own.push(...statements(each.PolicyDocument));
    for (const each of (properties.ManagedPolicyArns ?? []) as string[]) {
      const known = managed.get(each) ?? MANAGED[each.slice(each.lastIndexOf('/') + 1)];
      if (!known) throw new Error(`Template: managed policy ${each} is not known to the local runtime`);
      own.push(...known);
    }
    roles.set(arn, own);
    arnOf.set(name, arn);
  }
  for (const { logicalId, properties } of template.ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')) {
    for (const name of (properties.Roles ?? []) as string[]) {
      const arn = arnOf.get(name);
      if (arn === undefined)
        throw new Error(`Template: ${logicalId} is for role ${name}, which is not there`);
      roles.get(arn)?.push(...statements(properties.PolicyDocument));
    }
  }
  return roles;
};

/** Statements that come with the resource: queue policies and the permissions of functions, by ARN. */
const readResourcePolicies = (template: Template): Map<string, Statement[]> => {
  const found = new Map<string, Statement[]>();
  const add = (arn: string, statements: readonly Statement[]): void => {
    found.set(arn, [...(found.get(arn) ?? []), ...statements]);
  };
  const queues = new Map(template.ofType('AWS::SQS::Queue').map(({ ref, arn }) => [ref, arn]));
  for (const { properties } of template.ofType('AWS::SQS::QueuePolicy')) {
    const { Statement: statements } = properties.PolicyDocument as { Statement: Statement[] };
    for (const queue of properties.Queues as string[]) add(queues.get(queue) ?? queue, [statements].flat());
  }
  const functions = new Map(template.ofType('AWS::Lambda::Function').map(({ ref, arn }) => [ref, arn]));
  for (const { properties } of template.ofType('AWS::Lambda::Permission')) {
    const name = properties.FunctionName as string;
    const arn = functions.get(name) ?? name;
    const source = properties.SourceArn as string | undefined;
    add(arn, [
      {
        Effect: 'Allow',
        Action: properties.Action as string,
        Resource: arn,
        Principal: { Service: properties.Principal as string },
        ...(source === undefined ? {} : { Condition: { ArnLike: { 'aws:SourceArn': source } } }),
      },
    ]);
  }
  return found;
};

export interface Principals extends Access {
  /** A new access key of a function. */
  readonly issue: (principal: Principal) => { id: string; secret: string; token: string };
  /** The key is no longer anybody's. */
  readonly revoke: (id: string) => void;
  readonly actions: () => Action[];
}

/** Who may do what, as the template's policies say. Every allowed action of a function is recorded. */
export const createPrincipals = (template: Template): Principals => {
  const roles = readRoles(template);
  const resourcePolicies = readResourcePolicies(template);
  const keys = new Map<string, Principal>();
  const recorded = new Map<string, Action>();
  /** Answers that were given before: policies never change while the runtime runs. */
  const answers = new Map<string, boolean>();

  const decide = (principal: Principal, action: string, resource: string): boolean => {
    const facts: Facts = {
      'aws:securetransport': 'true',
      'aws:sourceaccount': '000000000000',
      'aws:principalaccount': '000000000000',
      ...(principal.kind === 'service'
        ? { 'aws:sourcearn': principal.sourceArn }
        : { 'aws:principalarn': principal.roleArn }),
    };
    const ofResource = resourcePolicies.get(resource) ?? [];
    const speaking = [
      ...(principal.kind === 'service'
        ? ofResource.filter((each) => namesService(each, principal.service))
        : [...(roles.get(principal.roleArn) ?? []), ...ofResource.filter((each) => namesService(each, '*'))]),
    ].filter((each) => covers(each, action, resource, facts));
    return speaking.length > 0 && speaking.every(({ Effect: effect }) => effect === 'Allow');
  };

  const nameOf = (principal: Principal): string => {
    switch (principal.kind) {
      case 'function':
        return principal.name;
      case 'role':
        return principal.roleArn;
      case 'service':
        return principal.service;
      default:
        return principal satisfies never;
    }
  };

  return {
    identify: (headers) => {
      const signed = headers.authorization;
      const id = typeof signed === 'string' ? /Credential=([^/,\s]+)/.exec(signed)?.[1] : undefined;
      const principal = id === undefined ? undefined : keys.get(id);
      if (!principal) {
        throw new AwsError(
          'UnrecognizedClientException',
          'The security token included in the request is invalid.',
          403,
        );
      }
      return principal;
    },
    allow: (principal, action, resource) => {
      if (principal === DEPLOYER) return;
      const who =
        principal.kind === 'service' ? `${principal.service} ${principal.sourceArn}` : principal.roleArn;
      const key = `${who} ${action} ${resource}`;
      let allowed = answers.get(key);
      if (allowed === undefined) answers.set(key, (allowed = decide(principal, action, resource)));
      if (!allowed) {
        throw new AwsError(
          'AccessDeniedException',
          `${nameOf(principal)} is not authorized to perform ${action} on resource ${resource}: no policy of the template allows it`,
        );
      }
      if (principal.kind !== 'function') return;
      const named = `${principal.name} ${action} ${resource}`;
      if (!recorded.has(named)) recorded.set(named, { function: principal.name, action, resource });
    },
    issue: (principal) => {
      const id = `AKIA${randomBytes(8).toString('hex').toUpperCase()}`;
      keys.set(id, principal);
      return { id, secret: randomBytes(20).toString('hex'), token: randomBytes(20).toString('hex') };
    },
    revoke: (id) => keys.delete(id),
    actions: () => [...recorded.values()],
  };
};
