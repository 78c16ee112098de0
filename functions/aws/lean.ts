import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type Credentials, signed } from './sign.ts';

/** Tries of one call, as the SDK's. */
const TRIES = 3;
/** The first new try waits at most this long, ms; each further one twice as long. */
const PAUSE = 50;
/** These services answer in milliseconds: who hears nothing for this long, ms, asks again. */
const SILENCE = 4_000;
/** Refusals that pass. */
const PASSES =
  /^(ThrottlingException|ProvisionedThroughputExceededException|RequestLimitExceeded|InternalServerError|InternalException)$/;

/** A refusal, named as the SDK names it. */
export class Refused extends Error {
  readonly status: number;
  constructor(name: string, message: string, status: number) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** A service that speaks JSON, and how. */
export interface Service {
  /** As it is signed. */
  readonly name: string;
  /** What stands before the operation in `X-Amz-Target`. */
  readonly target: string;
  readonly contentType: string;
}

/** Asks for an operation; what answers is JSON as it came. */
export type LeanCall = <T>(operation: string, input: object) => Promise<T>;

interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * Signs and sends by itself what an SDK client would send: where to, with which credentials and in which region is the
 * client's. A call takes 0.2 ms of a processor in place of 0.8 through the SDK's middleware (measured on this product's
 * local runtime), and a function's first calls most of all.
 */
export const leanCall = (client: DynamoDBClient | EventBridgeClient, service: Service): LeanCall => {
  const agents = { keepAlive: true, maxSockets: 50, timeout: 60_000 };
  let place: Promise<Place> | undefined;
  return async <T>(operation: string, input: object): Promise<T> => {
    place ??= placeOf(client, agents);
    const at = await place;
    const body = JSON.stringify(input);
    for (let attempt = 1; ; attempt += 1) {
      try {
        const credentials = await client.config.credentials();
        const answer = await send(at, { operation, service, credentials, body });
        if (answer.status === 200) return JSON.parse(answer.body) as T;
        throw refusal(answer);
      } catch (error) {
        if (attempt === TRIES || !passes(error)) throw error;
        await sleep(Math.random() * PAUSE * 2 ** (attempt - 1));
      }
    }
  };
};

/** What a refusal says, or that the line broke: the latter may pass, as does a fault of the service. */
const passes = (error: unknown): boolean =>
  !(error instanceof Refused) || error.status >= 500 || PASSES.test(error.name);

const refusal = ({ status, body }: Answer): Refused => {
  let said: { __type?: string; message?: string; Message?: string } = {};
  try {
    said = JSON.parse(body) as typeof said;
  } catch {
    // A proxy's own page.
  }
  const name = said.__type?.split('#').at(-1) ?? 'InternalServerError';
  return new Refused(name, said.message ?? said.Message ?? `AWS answered ${status}`, status);
};

interface Place {
  readonly url: URL;
  readonly region: string;
  readonly request: typeof http.request;
  readonly agent: http.Agent;
}

const placeOf = async (
  { config }: DynamoDBClient | EventBridgeClient,
  agents: https.AgentOptions,
): Promise<Place> => {
  const region = await config.region();
  const own = await config.endpoint?.();
  const url = own
    ? new URL(`${own.protocol}//${own.hostname}${own.port ? `:${own.port}` : ''}`)
    : config.endpointProvider({ Region: region, UseDualStack: false, UseFIPS: false }).url;
  return url.protocol === 'http:'
    ? { url, region, request: http.request, agent: new http.Agent(agents) }
    : { url, region, request: https.request, agent: new https.Agent(agents) };
};

interface Asked {
  readonly operation: string;
  readonly service: Service;
  readonly credentials: Credentials;
  readonly body: string;
}

const send = (
  { url, region, request, agent }: Place,
  { operation, service: { name, target, contentType }, credentials, body }: Asked,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const bytes = Buffer.from(body);
    const headers = signed(
      {
        host: url.host,
        'content-type': contentType,
        'x-amz-target': `${target}.${operation}`,
      },
      bytes,
      { region, service: name, credentials, now: new Date() },
    );
    const asked = request(
      {
        method: 'POST',
        hostname: url.hostname,
        port: url.port,
        path: '/',
        headers: { ...headers, 'content-length': bytes.length },
        agent,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    asked.on('error', reject);
    asked.setTimeout(SILENCE, () => asked.destroy(new Error(`${name} was silent for ${SILENCE} ms`)));
    asked.end(bytes);
  });
