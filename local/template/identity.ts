import { createHash } from 'node:crypto';

/** The account and region that everything local is said to be in. */
export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

/** How AWS names a resource. */
export interface Identity {
  /** What `Ref` gives. */
  readonly ref: string;
  readonly arn: string;
  readonly name: string;
  /** What `Fn::GetAtt` gives beside Arn. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What an identity is made of. */
interface Facts {
  readonly logicalId: string;
  /** The name that the template gives, or one from the stack's name and the logical id. */
  readonly name: string;
  /** A string property of the resource, resolved; '' where it has none. */
  readonly property: (name: string) => string;
  /** Letters and digits that differ from resource to resource and never change. */
  readonly id: (length: number) => string;
}
type Rule = (facts: Facts) => Partial<Identity>;

const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
const byName =
  (service: string, prefix: string): Rule =>
  ({ name }) => ({ ref: name, arn: arn(service, `${prefix}${name}`) });
const byId: Rule = ({ id }) => ({ ref: id(10) });
const byLogicalId: Rule = ({ logicalId }) => ({ ref: logicalId });

const table: Rule = ({ name }) => ({ ref: name, arn: arn('dynamodb', `table/${name}`) });

/** Every resource type that this runtime knows: what it runs, and what has nothing to run on one machine. */
const KNOWN: Readonly<Record<string, Rule>> = {
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::Lambda::Function': byName('lambda', 'function:'),
  'AWS::Lambda::Permission': byLogicalId,
  'AWS::Lambda::EventSourceMapping': byId,
  'AWS::Lambda::EventInvokeConfig': byLogicalId,
  'AWS::Lambda::LayerVersion': ({ name }) => ({
    ref: arn('lambda', `layer:${name}:1`),
    arn: arn('lambda', `layer:${name}:1`),
  }),
  'AWS::Events::EventBus': ({ name }) => ({
    ref: name,
    arn: arn('events', `event-bus/${name}`),
    attributes: { Name: name },
  }),
  'AWS::Events::EventBusPolicy': byLogicalId,
  'AWS::Events::Rule': ({ name, property }) => {
    const bus = property('EventBusName').replace(/^.*event-bus\//, '');
    const custom = bus !== '' && bus !== 'default';
    return {
      ref: custom ? `${bus}|${name}` : name,
      arn: arn('events', custom ? `rule/${bus}/${name}` : `rule/${name}`),
    };
  },
  'AWS::Events::Archive': ({ name }) => ({
    ref: name,
    arn: arn('events', `archive/${name}`),
    attributes: { ArchiveName: name },
  }),
  'AWS::SQS::Queue': ({ name }) => {
    const url = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`;
    return { ref: url, arn: arn('sqs', name), attributes: { QueueName: name, QueueUrl: url } };
  },
  'AWS::SQS::QueuePolicy': byLogicalId,
  'AWS::Scheduler::Schedule': ({ name, property }) => {
    const group = property('GroupName') || 'default';
    return { ref: name, name: `${group}/${name}`, arn: arn('scheduler', `schedule/${group}/${name}`) };
  },
  'AWS::Scheduler::ScheduleGroup': byName('scheduler', 'schedule-group/'),
  'AWS::StepFunctions::StateMachine': ({ name }) => ({
    ref: arn('states', `stateMachine:${name}`),
    arn: arn('states', `stateMachine:${name}`),
    attributes: { Name: name },
  }),
  'AWS::SES::ConfigurationSet': byName('ses', 'configuration-set/'),
  'AWS::SES::ConfigurationSetEventDestination': byId,
  'AWS::SES::EmailIdentity': ({ property }) => {
    const identity = property('EmailIdentity');
    return { ref: identity, name: identity, arn: arn('ses', `identity/${identity}`) };
  },
  'AWS::SecretsManager::Secret': ({ name, id }) => {
    const secret = arn('secretsmanager', `secret:${name}-${id(6)}`);
    return { ref: secret, arn: secret, attributes: { Id: secret } };
  },
  'AWS::SecretsManager::ResourcePolicy': byLogicalId,
  'AWS::ApiGatewayV2::Api': ({ id }) => ({
    ref: id(10),
    arn: arn('execute-api', id(10)),
    attributes: { ApiId: id(10), ApiEndpoint: `https://${id(10)}.execute-api.${REGION}.amazonaws.com` },
  }),
  'AWS::ApiGatewayV2::Stage': ({ property }) => ({ ref: property('StageName') }),
  'AWS::ApiGatewayV2::Route': ({ id }) => ({ ref: id(7), attributes: { RouteId: id(7) } }),
  'AWS::ApiGatewayV2::Integration': ({ id }) => ({ ref: id(7), attributes: { IntegrationId: id(7) } }),
  'AWS::ApiGatewayV2::Authorizer': ({ id }) => ({ ref: id(6), attributes: { AuthorizerId: id(6) } }),
  'AWS::Cognito::UserPool': ({ id }) => {
    const pool = `${REGION}_${id(9)}`;
    const provider = `cognito-idp.${REGION}.amazonaws.com/${pool}`;
    return {
      ref: pool,
      arn: arn('cognito-idp', `userpool/${pool}`),
      attributes: { ProviderName: provider, ProviderURL: `https://${provider}`, UserPoolId: pool },
    };
  },
  'AWS::Cognito::UserPoolClient': ({ id }) => ({
    ref: id(26),
    attributes: { ClientId: id(26), Name: id(26) },
  }),
  'AWS::Cognito::UserPoolDomain': ({ property }) => ({ ref: property('Domain') }),
  'AWS::Cognito::UserPoolGroup': byName('cognito-idp', 'group/'),
  'AWS::Cognito::ManagedLoginBranding': byId,
  'AWS::S3::Bucket': ({ name }) => {
    const bucket = name.toLowerCase();
    return {
      ref: bucket,
      name: bucket,
      arn: `arn:aws:s3:::${bucket}`,
      attributes: {
        DomainName: `${bucket}.s3.amazonaws.com`,
        RegionalDomainName: `${bucket}.s3.${REGION}.amazonaws.com`,
      },
    };
  },
  'AWS::S3::BucketPolicy': byLogicalId,
  'AWS::CloudFront::Distribution': ({ id }) => ({
    ref: id(14).toUpperCase(),
    arn: `arn:aws:cloudfront::${ACCOUNT}:distribution/${id(14).toUpperCase()}`,
    attributes: { Id: id(14).toUpperCase(), DomainName: `d${id(13)}.cloudfront.net` },
  }),
  'AWS::CloudFront::OriginAccessControl': ({ id }) => ({ ref: id(14), attributes: { Id: id(14) } }),
  'AWS::CloudFront::Function': ({ name }) => {
    const full = `arn:aws:cloudfront::${ACCOUNT}:function/${name}`;
    return { ref: full, arn: full, attributes: { FunctionARN: full } };
  },
  'AWS::CloudFront::ResponseHeadersPolicy': ({ id }) => ({ ref: id(14), attributes: { Id: id(14) } }),
  'AWS::CloudFront::CachePolicy': ({ id }) => ({ ref: id(14), attributes: { Id: id(14) } }),
  'AWS::CloudFront::OriginRequestPolicy': ({ id }) => ({ ref: id(14), attributes: { Id: id(14) } }),
  'AWS::IAM::Role': ({ name, id }) => ({
    ref: name,
    arn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
    attributes: { RoleId: id(20) },
  }),
  'AWS::IAM::Policy': byLogicalId,
  'AWS::IAM::ManagedPolicy': ({ name }) => {
    const policy = `arn:aws:iam::${ACCOUNT}:policy/${name}`;
    return { ref: policy, arn: policy, attributes: { PolicyArn: policy } };
  },
  'AWS::CloudWatch::Alarm': byName('cloudwatch', 'alarm:'),
  'AWS::CloudWatch::CompositeAlarm': byName('cloudwatch', 'alarm:'),
  'AWS::CloudWatch::Dashboard': byLogicalId,
  'AWS::Logs::LogGroup': ({ name }) => ({ ref: name, arn: arn('logs', `log-group:${name}:*`) }),
  'AWS::Logs::MetricFilter': byLogicalId,
  'AWS::Logs::ResourcePolicy': byLogicalId,
  'AWS::SNS::Topic': ({ name }) => ({
    ref: arn('sns', name),
    arn: arn('sns', name),
    attributes: { TopicArn: arn('sns', name), TopicName: name },
  }),
  'AWS::SNS::TopicPolicy': byLogicalId,
  'AWS::SNS::Subscription': byLogicalId,
  'AWS::KMS::Key': ({ id }) => ({ ref: id(32), arn: arn('kms', `key/${id(32)}`) }),
  'AWS::KMS::Alias': byLogicalId,
  'AWS::CDK::Metadata': byLogicalId,
  'AWS::CloudFormation::CustomResource': byLogicalId,
};

/** The property by which a type is given a physical name. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Lambda::LayerVersion': 'LayerName',
  'AWS::Events::Archive': 'ArchiveName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SNS::Topic': 'TopicName',
};

export const isCustom = (type: string): boolean =>
  type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';

export const isKnown = (type: string): boolean => isCustom(type) || Object.hasOwn(KNOWN, type);

/** How AWS would name a resource; the same at every start.
 *  @param property a string property of the resource, resolved; '' where it has none */
export const identityOf = (
  stack: string,
  logicalId: string,
  type: string,
  property: (name: string) => string,
): Identity => {
  const rule = isCustom(type) ? byLogicalId : KNOWN[type];
  if (!rule)
    throw new Error(`Template, Resources/${logicalId}: type ${type} is not known to the local runtime`);
  const digest = createHash('sha256').update(`${stack}/${logicalId}`).digest();
  const letters = [...digest].map((byte) => (byte % 36).toString(36)).join('');
  const given = property(NAMES[type] ?? 'Name');
  const name = given === '' ? `${stack}-${logicalId}` : given;
  const found = rule({ logicalId, name, property, id: (length) => letters.slice(0, length) });
  return { ref: name, arn: '', name, attributes: {}, ...found };
};
