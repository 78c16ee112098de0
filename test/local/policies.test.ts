import { afterEach, describe, expect, test } from 'vitest';
import { createPrincipals, DEPLOYER } from '../../local/principals.ts';
import { covers, like, type Statement } from '../../local/policies/statement.ts';
import { readTemplate } from '../../local/template.ts';
import { get, ref, role, writeStack, type Stack } from './stack.ts';

const allow = (
  Action: string | string[],
  Resource: string | string[],
  more: Partial<Statement> = {},
): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:Kindling-Queue';

describe('a statement', () => {
  test('covers actions and resources by name, * and ?', () => {
    const statement = allow(['sqs:Send*', 'SQS:getqueueurl'], 'arn:aws:sqs:*:*:Kindling-?ueue');
    expect(covers(statement, 'sqs:SendMessage', QUEUE, {})).toBe(true);
    expect(covers(statement, 'sqs:GetQueueUrl', QUEUE, {})).toBe(true);
    expect(covers(statement, 'sqs:ReceiveMessage', QUEUE, {})).toBe(false);
    expect(covers(statement, 'sqs:SendMessage', `${QUEUE}2`, {})).toBe(false);
    expect(like('a.c', 'abc')).toBe(false);
  });

  test('may say what it does not cover', () => {
    const statement: Statement = { Effect: 'Allow', NotAction: 'sqs:*', NotResource: QUEUE };
    expect(covers(statement, 'sns:Publish', 'other', {})).toBe(true);
    expect(covers(statement, 'sqs:SendMessage', 'other', {})).toBe(false);
    expect(covers(statement, 'sns:Publish', QUEUE, {})).toBe(false);
  });

  test('holds under its condition only, and a fact that is not known satisfies none', () => {
    const statement = allow('sqs:*', '*', { Condition: { ArnLike: { 'aws:SourceArn': 'arn:*:rule/mine' } } });
    expect(covers(statement, 'sqs:SendMessage', QUEUE, { 'aws:sourcearn': 'arn:x:rule/mine' })).toBe(true);
    expect(covers(statement, 'sqs:SendMessage', QUEUE, { 'aws:sourcearn': 'arn:x:rule/yours' })).toBe(false);
    expect(covers(statement, 'sqs:SendMessage', QUEUE, {})).toBe(false);
    const strange = allow('sqs:*', '*', { Condition: { DateGreaterThan: { 'aws:SourceArn': '1' } } });
    expect(() => covers(strange, 'sqs:SendMessage', QUEUE, { 'aws:sourcearn': 'x' })).toThrow(
      'DateGreaterThan is not known',
    );
  });
});

describe('principals', () => {
  let stack: Stack | undefined;
  afterEach(() => stack?.remove());
  const rule = (name: string) =>
    ({ kind: 'service', service: 'events.amazonaws.com', sourceArn: `arn:rule/${name}` }) as const;

  const principals = () => {
    stack = writeStack({
      Resources: {
        Queue: { Type: 'AWS::SQS::Queue' },
        Inline: role([['sqs:SendMessage', get('Queue')]]),
        Attached: {
          Type: 'AWS::IAM::Role',
          Properties: {
            ManagedPolicyArns: [
              ref('Shared'),
              'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
            ],
          },
        },
        Shared: {
          Type: 'AWS::IAM::ManagedPolicy',
          Properties: { PolicyDocument: { Statement: [allow('sqs:ReceiveMessage', '*')] } },
        },
        Policy: {
          Type: 'AWS::IAM::Policy',
          Properties: {
            Roles: [ref('Attached')],
            PolicyDocument: {
              Statement: [
                allow('sqs:*', '*'),
                { Effect: 'Deny', Action: 'sqs:DeleteQueue', Resource: get('Queue') },
              ],
            },
          },
        },
        QueuePolicy: {
          Type: 'AWS::SQS::QueuePolicy',
          Properties: {
            Queues: [ref('Queue')],
            PolicyDocument: {
              Statement: [
                allow('sqs:SendMessage', QUEUE, {
                  Principal: { Service: 'events.amazonaws.com' },
                  Condition: { ArnEquals: { 'aws:SourceArn': 'arn:rule/mine' } },
                }),
                {
                  Effect: 'Deny',
                  Principal: { AWS: '*' },
                  Action: 'sqs:*',
                  Resource: QUEUE,
                  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
                },
              ],
            },
          },
        },
      },
    });
    return createPrincipals(readTemplate(stack, 'id'));
  };
  const as = (name: string) =>
    ({ kind: 'function', name, roleArn: `arn:aws:iam::000000000000:role/Kindling-${name}` }) as const;

  test('may do what roles, policies and managed policies say, and a denial counts more', () => {
    const { allow: check } = principals();
    check(as('Inline'), 'sqs:SendMessage', QUEUE);
    check(as('Attached'), 'sqs:SendMessage', QUEUE);
    check(as('Attached'), 'logs:PutLogEvents', 'any');
    expect(() => check(as('Inline'), 'sqs:ReceiveMessage', QUEUE)).toThrow(
      `Inline is not authorized to perform sqs:ReceiveMessage on resource ${QUEUE}`,
    );
    expect(() => check(as('Attached'), 'sqs:DeleteQueue', QUEUE)).toThrow('not authorized');
    expect(() => check(as('Nobody'), 'sqs:SendMessage', QUEUE)).toThrow('not authorized');
    check(DEPLOYER, 'dynamodb:CreateTable', '*');
  });

  test('that are services need the word of the resource', () => {
    const { allow: check } = principals();
    check(rule('mine'), 'sqs:SendMessage', QUEUE);
    expect(() => check(rule('other'), 'sqs:SendMessage', QUEUE)).toThrow('not authorized');
    expect(() => check({ ...rule('mine'), service: 'sns.amazonaws.com' }, 'sqs:SendMessage', QUEUE)).toThrow(
      'not authorized',
    );
  });

  test('are noted with what they did, once, and not with what they were refused', () => {
    const { allow: check, actions, issue, identify, revoke } = principals();
    check(as('Inline'), 'sqs:SendMessage', QUEUE);
    check(as('Inline'), 'sqs:SendMessage', QUEUE);
    expect(() => check(as('Inline'), 'sqs:PurgeQueue', QUEUE)).toThrow();
    expect(actions()).toEqual([{ function: 'Inline', action: 'sqs:SendMessage', resource: QUEUE }]);
    const { id } = issue(as('Inline'));
    const headers = {
      authorization: `AWS4-HMAC-SHA256 Credential=${id}/20260101/us-east-1/sqs/aws4_request`,
    };
    expect(identify(headers)).toEqual(as('Inline'));
    revoke(id);
    expect(() => identify(headers)).toThrow('security token');
    expect(() => identify({})).toThrow('security token');
  });
});
