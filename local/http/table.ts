import { message, type HttpAnswer, type HttpRequest } from './message.ts';

/** What only reads. */
const READS = ['ListTables', 'DescribeTable', 'GetItem', 'BatchGetItem', 'Query', 'Scan'];

/**
 * DynamoDB's wire protocol for whoever sits at this machine, as an account's owner reads a deployed table; nothing that
 * writes.
 * @param deployer the access key id of whoever deploys
 */
export const createTableDoor =
  (endpoint: string, deployer: string) =>
  async (request: HttpRequest): Promise<HttpAnswer> => {
    const target = String(request.headers['x-amz-target'] ?? '');
    if (!READS.includes(target.slice(target.indexOf('.') + 1)))
      return message(403, 'Here one may only read.');
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': target,
        'x-amz-date': '20260101T000000Z',
        authorization: `AWS4-HMAC-SHA256 Credential=${deployer}/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: new Uint8Array(request.body),
    });
    return {
      status: answer.status,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: await answer.text(),
    };
  };
