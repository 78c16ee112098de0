import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SignatureV4 } from '@smithy/signature-v4';

import { Refusal } from '../io.ts';
import { nobodyHere } from './refusals.ts';

/** A deployed stack, as far as a deployer needs it: what it tells, and its functions. */
export interface DeployedStack {
  readonly region: string;
  /** A value that the stack tells. */
  output(name: string): Promise<string>;
  /** Invokes a function and gives its answer; its error is a refusal. */
  invoke(functionName: string, payload: unknown): Promise<unknown>;
}

/**
 * Reaches a stack by whatever credentials the AWS SDK finds: environment, profile, OIDC role of a workflow. Two services
 * are called, each by one request, so that neither needs a client of its own.
 */
export const openStack = (stackName: string): DeployedStack => {
  // Its only use: it knows every place that credentials and the region come from.
  const { config } = new DynamoDBClient({});
  const whoAmI = async (): Promise<string> => {
    try {
      await config.credentials();
      return await config.region();
    } catch (error) {
      throw nobodyHere(error);
    }
  };
  const post = async (
    service: string,
    path: string,
    contentType: string,
    body: string,
  ): Promise<{ status: number; headers: Headers; text: string }> => {
    const region = await whoAmI();
    const endpoint =
      process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ??
      `https://${service}.${region}.amazonaws.com`;
    const url = new URL(path, endpoint);
    const signer = new SignatureV4({
      service,
      region,
      credentials: config.credentials,
      sha256: config.sha256,
    });
    const { headers } = await signer.sign({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      headers: { host: url.host, 'content-type': contentType },
      body,
    });
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
    }).catch((error: unknown) => {
      throw new Refusal(`${url.host} does not answer`, { cause: error });
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  let told: Map<string, string> | null = null;

  return {
    get region() {
      return process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? '';
    },
    output: async (name) => {
      if (told === null) {
        const asked = { Action: 'DescribeStacks', Version: '2010-05-15', StackName: stackName };
        const form = new URLSearchParams(asked).toString();
        const { status, text } = await post('cloudformation', '/', 'application/x-www-form-urlencoded', form);
        if (status !== 200)
          throw new Refusal(
            `CloudFormation answers ${status}: ${between(text, 'Message') ?? text.slice(0, 200)}`,
          );
        told = outputsOf(text);
      }
      const value = told.get(name);
      if (value === undefined) throw new Refusal(`the stack ${stackName} tells no ${name}: deploy it anew`);
      return value;
    },
    invoke: async (functionName, payload) => {
      const path = `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;
      const { status, headers, text } = await post(
        'lambda',
        path,
        'application/json',
        JSON.stringify(payload),
      );
      if (status !== 200) throw new Refusal(`Lambda answers ${status}: ${messageOf(text)}`);
      if (headers.get('x-amz-function-error') !== null)
        throw new Refusal(`${functionName} failed: ${messageOf(text)}; its log tells more`);
      return JSON.parse(text) as unknown;
    },
  };
};

const between = (xml: string, tag: string): string | undefined =>
  new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1];

const outputsOf = (xml: string): Map<string, string> =>
  new Map(
    [...xml.matchAll(/<OutputKey>([^<]*)<\/OutputKey>\s*<OutputValue>([^<]*)<\/OutputValue>/g)].map(
      ([, key = '', value = '']) => [key, value],
    ),
  );

const messageOf = (text: string): string => {
  try {
    const { message, Message, errorMessage } = JSON.parse(text) as Record<string, string>;
    return message ?? Message ?? errorMessage ?? text;
  } catch {
    return text.slice(0, 200);
  }
};
