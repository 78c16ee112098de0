import { GetSendQuotaCommand, SendEmailCommand, SendRawEmailCommand, SESClient } from '@aws-sdk/client-ses';
import { setTimeout } from 'node:timers/promises';
import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startMail } from '../../local/mail.ts';
import { type BusEntry, type Deliver } from '../../local/service.ts';
import { bench, client, quiet, resource, START, type Bench } from './surroundings.ts';

const DEFAULT_BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/default';
const RESOURCES = [
  resource('AWS::SES::ConfigurationSet', 'kindling'),
  resource('AWS::SES::ConfigurationSetEventDestination', 'destination', {
    ConfigurationSetName: 'kindling',
    EventDestination: {
      Enabled: true,
      MatchingEventTypes: ['send', 'delivery', 'open', 'click', 'bounce', 'complaint'],
      EventBridgeDestination: { EventBusArn: DEFAULT_BUS },
    },
  }),
  resource('AWS::SES::EmailIdentity', 'identity', { EmailIdentity: 'example.com' }),
];

interface Detail {
  eventType: string;
  mail: { messageId: string; tags: Record<string, string[]>; destination: string[] };
  click?: { link: string };
  bounce?: { bounceType: string; bouncedRecipients: { emailAddress: string }[] };
}

describe('the mail service', () => {
  let place: Bench;
  let mail: Awaited<ReturnType<typeof startMail>>;
  let ses: SESClient;
  let events: BusEntry[];
  let deliver: Deliver;

  const start = async (): Promise<void> => {
    mail = await startMail({ ...place, resources: RESOURCES, deliver: (...call) => deliver(...call) });
    ses = new SESClient(client(mail.endpoint, 'send'));
  };
  beforeEach(async () => {
    place = bench();
    events = [];
    deliver = async (bus, body) => {
      await Promise.resolve();
      expect(bus).toBe(DEFAULT_BUS);
      events.push(...(body as BusEntry[]));
    };
    await start();
  });
  afterEach(async () => {
    await mail.stop();
    place.remove();
  });

  const compose = (to: string, headers: Record<string, string> = {}): Promise<Buffer> =>
    new MailComposer({
      from: { name: 'Änne', address: 'anne@example.com' },
      to: { name: 'Bo', address: to },
      subject: 'Grüße ✓',
      text: 'Hällo',
      html: '<p>Hällo &amp; willkommen</p>',
      headers: {
        'List-Unsubscribe': '<https://example.com/u/1>',
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        ...headers,
      },
    })
      .compile()
      .build();
  const sendRaw = async (to = 'bo@example.org', headers: Record<string, string> = {}, tags = true) =>
    ses.send(
      new SendRawEmailCommand({
        RawMessage: { Data: await compose(to, headers) },
        ConfigurationSetName: 'kindling',
        ...(tags ? { Tags: [{ Name: 'lead', Value: 'l1' }] } : {}),
      }),
    );
  const details = () => events.map(({ Detail }) => JSON.parse(Detail) as Detail);

  test('keeps a raw mail with its parts and headers, over a restart', async () => {
    const { MessageId } = await sendRaw();
    await quiet(mail);
    await mail.stop();
    await start();
    expect(await mail.sent()).toEqual([
      expect.objectContaining({
        id: MessageId,
        to: ['bo@example.org'],
        from: 'Änne <anne@example.com>',
        subject: 'Grüße ✓',
        text: 'Hällo',
        html: '<p>Hällo &amp; willkommen</p>',
        at: new Date(START).toISOString(),
      }),
    ]);
    const { headers } = (await mail.sent())[0]!;
    expect(headers['list-unsubscribe']).toBe('<https://example.com/u/1>');
    expect(headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
    expect(headers['message-id']).toBe(`<${MessageId}@email.amazonses.com>`);
  });

  test('says on the default bus that a mail was sent and delivered, with its tags', async () => {
    const { MessageId } = await sendRaw();
    await quiet(mail);
    expect(events.map(({ Source, DetailType }) => [Source, DetailType])).toEqual([
      ['aws.ses', 'Email Sent'],
      ['aws.ses', 'Email Delivered'],
    ]);
    for (const detail of details()) {
      expect(detail.mail.messageId).toBe(MessageId);
      expect(detail.mail.tags).toMatchObject({ lead: ['l1'], 'ses:configuration-set': ['kindling'] });
      expect(detail.mail.destination).toEqual(['bo@example.org']);
    }
    expect(events[0]!.Resources).toEqual(['arn:aws:ses:us-east-1:000000000000:configuration-set/kindling']);
  });

  test('takes tags from the header where the call has none', async () => {
    const headers = { 'X-SES-MESSAGE-TAGS': 'lead=l2, journey=welcome' };
    await sendRaw('bo@example.org', headers, false);
    await sendRaw('bo@example.org', headers);
    await quiet(mail);
    const [ofHeader, , ofCall] = details();
    expect(ofHeader!.mail.tags).toMatchObject({ lead: ['l2'], journey: ['welcome'] });
    expect(ofCall!.mail.tags).toMatchObject({ lead: ['l1'] });
    expect(ofCall!.mail.tags).not.toHaveProperty('journey');
    expect((await mail.sent())[0]!.headers).not.toHaveProperty('x-ses-message-tags');
  });

  test('lets mails be opened, clicked, bounced and complained about', async () => {
    const { MessageId } = await sendRaw();
    await quiet(mail);
    expect(await mail.event(MessageId!, 'Click', { link: 'https://example.com/pricing' })).toBe(true);
    expect(await mail.event(MessageId!, 'Bounce')).toBe(true);
    expect(await mail.event('unknown', 'Open')).toBe(false);
    await quiet(mail);
    expect(events.slice(2).map(({ DetailType }) => DetailType)).toEqual(['Email Clicked', 'Email Bounced']);
    expect(details()[2]!.click!.link).toBe('https://example.com/pricing');
    expect(details()[3]!.bounce).toMatchObject({
      bounceType: 'Permanent',
      bouncedRecipients: [{ emailAddress: 'bo@example.org' }],
    });
  });

  test.each<[string, string[]]>([
    ['success', ['Send', 'Delivery']],
    ['bounce', ['Send', 'Bounce']],
    ['bounce+label', ['Send', 'Bounce']],
    ['complaint', ['Send', 'Delivery', 'Complaint']],
  ])('treats %s@simulator.amazonses.com as SES does', async (name, expected) => {
    await sendRaw(`${name}@simulator.amazonses.com`);
    await quiet(mail);
    expect(details().map(({ eventType }) => eventType)).toEqual(expected);
  });

  test('publishes after a restart what the bus had not taken', async () => {
    deliver = () => new Promise(() => {});
    await sendRaw();
    const killed = mail;
    deliver = async (_bus, body) => {
      await Promise.resolve();
      events.push(...(body as BusEntry[]));
    };
    await start();
    await quiet(mail);
    expect(details().map(({ eventType }) => eventType)).toEqual(['Send', 'Delivery']);
    await killed.stop();
  });

  test('sends simple mails and tells its quota', async () => {
    const { MessageId } = await ses.send(
      new SendEmailCommand({
        Source: 'anne@example.com',
        Destination: { ToAddresses: ['bo@example.org'], BccAddresses: ['cy@example.org'] },
        Message: { Subject: { Data: 'Hi <&>' }, Body: { Text: { Data: 'text' } } },
      }),
    );
    const [sent] = await mail.sent();
    expect(sent).toMatchObject({ id: MessageId, subject: 'Hi <&>', text: 'text' });
    expect(sent!.to).toEqual(['bo@example.org', 'cy@example.org']);
    expect((await ses.send(new GetSendQuotaCommand({}))).MaxSendRate).toBe(14);
  });

  test('takes 14 mails a second, and goes on once one is over, also while virtual time stands still', async () => {
    const raw = await compose('bo@example.org');
    const send = () =>
      ses.send(new SendRawEmailCommand({ RawMessage: { Data: raw }, Destinations: ['bo@example.org'] }));
    await Promise.all(Array.from({ length: 14 }, send));
    await expect(send()).rejects.toMatchObject({ name: 'Throttling' });
    place.clock.set(START + 1_000);
    await Promise.all(Array.from({ length: 14 }, send));
    await expect(send()).rejects.toMatchObject({ name: 'Throttling' });
    await setTimeout(1_100);
    await send();
    expect(await mail.sent()).toHaveLength(29);
  });

  test.each<[string, string]>([
    ['nobody', "Missing final '@domain'"],
    ['@example.org', 'Missing local name'],
    ['bö@example.org', 'Local address contains non-ASCII characters'],
    ['bo@exa mple.org', 'Domain contains illegal character'],
    ['bo@example..org', 'Domain contains illegal character'],
    ['bo@example.org\r\nBcc: all@example.org', 'Local address contains control or whitespace'],
  ])('refuses the address %j', async (address, message) => {
    const sending = ses.send(
      new SendRawEmailCommand({
        RawMessage: { Data: await compose('bo@example.org') },
        Destinations: [address],
      }),
    );
    await expect(sending).rejects.toMatchObject({ name: 'InvalidParameterValue', message });
    expect(await mail.sent()).toEqual([]);
  });

  test('refuses unknown configuration sets, bad tags and senders without rights', async () => {
    const Data = await compose('bo@example.org');
    const send = (input: object) => ses.send(new SendRawEmailCommand({ RawMessage: { Data }, ...input }));
    await expect(send({ ConfigurationSetName: 'other' })).rejects.toMatchObject({
      name: 'ConfigurationSetDoesNotExistException',
    });
    await expect(send({ Tags: [{ Name: 'le ad', Value: 'x' }] })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    place.access.denied.add('ses:SendRawEmail');
    await expect(send({})).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(place.access.seen.at(-1)!.resource).toBe(
      'arn:aws:ses:us-east-1:000000000000:identity/example.com',
    );
    expect(await mail.sent()).toEqual([]);
  });
});
