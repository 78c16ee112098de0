import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { Refusal } from '../io.ts';

/** Who runs a command without being signed in reads what to do about it. */
export const nobodyHere = (error: unknown): Refusal =>
  new Refusal(
    `AWS knows nobody here: ${wordsOf(error)}; sign in (aws sso login), or set AWS_PROFILE and AWS_REGION`,
    { cause: error },
  );

/** Lets a client say in one line what stands between somebody and a table; what is not theirs to mend stays an error. */
export function speakPlainly(client: DynamoDBClient, table: string): void {
  const plainly = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      throw refusalOf(error, table, await client.config.region().catch(() => '?')) ?? error;
    }
  };
  client.middlewareStack.add((next) => (args) => plainly(next(args)), {
    name: 'plainly',
    step: 'initialize',
    priority: 'high',
  });
}

const OUT_OF_REACH = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;

function refusalOf(error: unknown, table: string, region: string): Refusal | null {
  const { name = '', code = '', message = '' } = error as { name?: string; code?: string; message?: string };
  const say = (text: string): Refusal => new Refusal(text, { cause: error });
  if (/^Region (is missing|not accepted)/.test(message) || name === 'CredentialsProviderError')
    return nobodyHere(error);
  switch (name) {
    case 'ResourceNotFoundException':
      return say(`there is no table ${table} in ${region}`);
    case 'AccessDeniedException':
      return say(
        `AWS does not let you read the table ${table}: ${wordsOf(error)}; docs/deploying-rules.md lists what a role needs`,
      );
    case 'UnrecognizedClientException':
    case 'ExpiredTokenException':
    case 'InvalidSignatureException':
      return nobodyHere(error);
    case 'TimeoutError':
      return say(`DynamoDB in ${region} does not answer`);
    default:
      return OUT_OF_REACH.test(code) ? say(`DynamoDB in ${region} does not answer: ${wordsOf(error)}`) : null;
  }
}

const wordsOf = (error: unknown): string => (error as Error).message.trim().replace(/\.$/, '');
