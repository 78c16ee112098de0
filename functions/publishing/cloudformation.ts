import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { Upstream } from '../errors.ts';

export interface Outcome {
  readonly status: 'SUCCESS' | 'FAILED';
  /** Of the resource; a changed one would have the old one deleted. */
  readonly id: string;
  readonly reason?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** How long an answer may take, ms. */
const PATIENCE = 15_000;

/** Tells CloudFormation, which waits for up to an hour for it, what became of a custom resource. */
export const answer = async (
  event: Pick<
    CloudFormationCustomResourceEvent,
    'ResponseURL' | 'StackId' | 'RequestId' | 'LogicalResourceId'
  >,
  { status, id, reason, data }: Outcome,
): Promise<void> => {
  const body = JSON.stringify({
    Status: status,
    Reason: reason ?? '',
    PhysicalResourceId: id,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    Data: data ?? {},
  });
  const url = new URL(event.ResponseURL);
  const request = url.protocol === 'http:' ? http : https;
  await new Promise<void>((resolve, reject) => {
    // The address is signed for a body without a content type.
    const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
    const put = request(url, { method: 'PUT', headers, timeout: PATIENCE }, (response) => {
      response.resume();
      response.on('end', () => {
        const code = response.statusCode ?? 0;
        if (code >= 200 && code < 300) resolve();
        else reject(new Upstream(`CloudFormation took no answer: ${code}`));
      });
    });
    put.on('timeout', () => put.destroy(new Upstream('CloudFormation took no answer in time')));
    put.on('error', reject);
    put.end(body);
  });
};
