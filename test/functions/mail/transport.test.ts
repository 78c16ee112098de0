import { SendRawEmailCommand, SESClient, SESServiceException } from '@aws-sdk/client-ses';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { sesTransport } from '../../../functions/mail/transport.ts';

const client = new SESClient({ region: 'us-east-1', maxAttempts: 1 });
const ses = mockClient(client);
const pauses: number[] = [];
const transport = sesTransport(client, {
  configurationSet: 'set',
  pause: (ms) => {
    pauses.push(ms);
    return Promise.resolve();
  },
});
const mail = {
  raw: Buffer.from('mail'),
  from: 'a@example.com',
  to: 'b@example.com',
  tags: { lead: 'l', claim: 'c_1_0' },
};

const failure = (name: string, status: number, message = ''): SESServiceException =>
  new SESServiceException({
    name,
    message,
    $fault: status < 500 ? 'client' : 'server',
    $metadata: { httpStatusCode: status },
  });

beforeEach(() => {
  ses.reset();
  pauses.length = 0;
});

test('a mail goes out once, with its tags and the configuration set', async () => {
  ses.on(SendRawEmailCommand).resolves({ MessageId: 'm1' });
  expect(await transport.send(mail)).toEqual({ outcome: 'sent', messageId: 'm1' });
  expect(ses.calls()).toHaveLength(1);
  expect(ses.call(0).args[0].input).toMatchObject({
    ConfigurationSetName: 'set',
    Destinations: ['b@example.com'],
    Tags: [
      { Name: 'lead', Value: 'l' },
      { Name: 'claim', Value: 'c_1_0' },
    ],
  });
});

test('a lost response is unknown, and nothing is sent again', async () => {
  ses.on(SendRawEmailCommand).rejects(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
  expect(await transport.send(mail)).toMatchObject({ outcome: 'unknown' });
  expect(ses.calls()).toHaveLength(1);
});

test('an error of the service is unknown too', async () => {
  ses.on(SendRawEmailCommand).rejects(failure('InternalFailure', 500));
  expect(await transport.send(mail)).toEqual({ outcome: 'unknown', reason: 'InternalFailure' });
  expect(ses.calls()).toHaveLength(1);
});

test('throttling says that nothing was taken: it is tried again after a pause', async () => {
  ses
    .on(SendRawEmailCommand)
    .rejectsOnce(failure('Throttling', 400, 'Maximum sending rate exceeded.'))
    .resolves({ MessageId: 'm' });
  expect(await transport.send(mail)).toMatchObject({ outcome: 'sent' });
  expect(pauses).toEqual([250]);
});

test('throttling without end gives up for now', async () => {
  ses.on(SendRawEmailCommand).rejects(failure('ThrottlingException', 429));
  expect(await transport.send(mail)).toMatchObject({ outcome: 'throttled' });
  expect(ses.calls()).toHaveLength(4);
});

test.each(['MessageRejected', 'MailFromDomainNotVerifiedException', 'AccountSendingPausedException'])(
  '%s is a refusal',
  async (name) => {
    ses.on(SendRawEmailCommand).rejects(failure(name, 400));
    expect(await transport.send(mail)).toEqual({ outcome: 'refused', reason: name });
  },
);
