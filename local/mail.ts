import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Agenda } from './agenda.ts';
import { startEndpoint } from './endpoint.ts';
import { openJournal } from './journal.ts';
import { bareAddress, faultOfAddress, MAX_RECIPIENTS } from './mail/address.ts';
import { openMailbox, type SentMail } from './mail/mailbox.ts';
import { xmlAnswer, xmlError } from './mail/query.ts';
import { addressText, headersOf, rawMail, simpleMail, type Submission } from './mail/submission.ts';
import { sesEvent, type SesEventType } from './mail/ses-event.ts';
import { AwsError, type BusEntry, type MailDeps, type MailService, type Principal } from './service.ts';

/** An event of a mail that the default bus does not have yet. */
interface Outgoing {
  readonly id: string;
  readonly bus: string;
  readonly configurationSetArn: string;
  readonly entry: BusEntry;
  readonly attempts: number;
}

type OutgoingRecord = { readonly due: Outgoing } | { readonly done: string };

/** Where a configuration set's events go. */
interface Destination {
  readonly bus: string;
  readonly events: ReadonlySet<string>;
}

const MAX_ATTEMPTS = 5;
/** Mails that are taken in any one second, as of an account that is out of the sandbox. */
const MAX_RATE = 14;

/**
 * SES: takes mails, keeps them, and says through the configuration set what happened to them. Nobody reads them, so
 * each is delivered at once, but for SES's own simulator addresses; `event` makes the rest happen.
 */
export const startMail = async ({
  dir,
  clock,
  access,
  changed,
  log,
  resources,
  deliver,
}: MailDeps): Promise<
  MailService & {
    sent(): Promise<SentMail[]>;
    /** Lets something happen to a mail: it was opened, a link of it was clicked, it bounced. False for an unknown id. */
    event(mailId: string, type: SesEventType, details?: object): Promise<boolean>;
  }
> => {
  const destinations = new Map<string, Destination[]>();
  for (const { type, name } of resources)
    if (type === 'AWS::SES::ConfigurationSet') destinations.set(name, []);
  for (const { type, logicalId, properties } of resources) {
    if (type === 'AWS::SES::ConfigurationSet' || type === 'AWS::SES::EmailIdentity') continue;
    if (type !== 'AWS::SES::ConfigurationSetEventDestination')
      throw new Error(`${logicalId}: the mail service knows no ${type}`);
    const set = destinations.get(String(properties['ConfigurationSetName']));
    const { EventBridgeDestination: to, ...rest } = properties['EventDestination'] as EventDestination;
    if (!set || !to) throw new Error(`${logicalId}: only a configuration set's events to a bus run locally`);
    if (rest.Enabled !== false)
      set.push({ bus: to.EventBusArn, events: new Set(rest.MatchingEventTypes.map(normal)) });
  }
  const identities = resources
    .filter(({ type }) => type === 'AWS::SES::EmailIdentity')
    .map(({ properties }) => String(properties['EmailIdentity']));

  const mailbox = openMailbox(join(dir, 'mails.ndjson'));
  const outgoing = new Map<string, Outgoing>();
  const agenda = new Agenda();
  let underWay = 0;
  let stopped = false;
  const journal = openJournal<OutgoingRecord>(
    join(dir, 'events.ndjson'),
    (record) => {
      if ('due' in record) outgoing.set(record.due.id, record.due);
      else outgoing.delete(record.done);
    },
    function* () {
      for (const due of outgoing.values()) yield { due };
    },
  );

  const publish = async (due: Outgoing): Promise<void> => {
    const principal: Principal = {
      kind: 'service',
      service: 'ses.amazonaws.com',
      sourceArn: due.configurationSetArn,
    };
    underWay += 1;
    try {
      await deliver(due.bus, [due.entry], principal);
      if (stopped) return;
      outgoing.delete(due.id);
      journal.append({ done: due.id });
    } catch (error) {
      if (stopped) return;
      if (due.attempts + 1 >= MAX_ATTEMPTS) {
        log(`mail: the bus did not take "${due.entry.DetailType}": ${String(error)}`);
        outgoing.delete(due.id);
        journal.append({ done: due.id });
      } else {
        outgoing.set(due.id, { ...due, attempts: due.attempts + 1 });
        agenda.set(due.id, clock.now() + 1_000 * 2 ** due.attempts);
      }
    } finally {
      underWay -= 1;
      changed();
    }
  };

  const happen = (mail: SentMail, types: readonly SesEventType[], details?: object): void => {
    const records: OutgoingRecord[] = [];
    for (const type of types)
      for (const { bus, events } of destinations.get(mail.configurationSet ?? '') ?? []) {
        if (!events.has(normal(type))) continue;
        const due: Outgoing = {
          id: randomUUID(),
          bus,
          configurationSetArn: setArn(mail.configurationSet!),
          entry: sesEvent(mail, type, clock.now(), details),
          attempts: 0,
        };
        outgoing.set(due.id, due);
        records.push({ due });
      }
    if (records.length === 0) return;
    journal.append(...records);
    // In order: a mail is sent before it is delivered.
    void records.reduce<Promise<void>>(
      (before, record) => before.then(() => ('due' in record ? publish(record.due) : undefined)),
      Promise.resolve(),
    );
    changed();
  };

  /** The identity that a policy names: the one of the template that covers the sender, else the sender itself. */
  const identityOf = (address: string): string => {
    const domain = address.slice(address.lastIndexOf('@') + 1);
    const covering = identities.find(
      (identity) => identity === address || identity === domain || domain.endsWith(`.${identity}`),
    );
    return `arn:aws:ses:us-east-1:000000000000:identity/${covering ?? address}`;
  };

  /** Mails that were taken in the last second, ms: by the clock, and by the machine's own. */
  let lately: { at: number; real: number }[] = [];
  /** A second is over when either clock says so. Virtual time stands still while functions run: whoever waited for it
   *  to pass, as senders do that are throttled, would wait for ever. */
  const withinRate = (at: number): void => {
    const real = performance.now();
    lately = lately.filter((taken) => taken.at > at - 1_000 && taken.at <= at && taken.real > real - 1_000);
    if (lately.length >= MAX_RATE) throw new AwsError('Throttling', 'Maximum sending rate exceeded.');
    lately.push({ at, real });
  };

  const take = (action: string, principal: Principal, submission: Submission): string => {
    const { email, source, recipients, configurationSet, tags } = submission;
    const from = source ?? addressText(email.from);
    for (const address of [from, ...recipients]) {
      const fault = faultOfAddress(address);
      if (fault !== null) throw new AwsError('InvalidParameterValue', fault);
    }
    if (recipients.length === 0) throw new AwsError('InvalidParameterValue', "Missing required header 'To'.");
    if (recipients.length > MAX_RECIPIENTS)
      throw new AwsError('MessageRejected', `Recipient count exceeds ${MAX_RECIPIENTS}.`);
    access.allow(principal, `ses:${action}`, identityOf(bareAddress(from)));
    if (configurationSet !== null) {
      if (!destinations.has(configurationSet))
        throw new AwsError(
          'ConfigurationSetDoesNotExist',
          `Configuration set <${configurationSet}> does not exist.`,
        );
      access.allow(principal, `ses:${action}`, setArn(configurationSet));
    }
    const at = clock.now();
    withinRate(at);
    const id = `0100${at.toString(16).padStart(12, '0')}-${randomBytes(4).toString('hex')}-${randomUUID().slice(9)}-000000`;
    const mail: SentMail = {
      id,
      at: new Date(at).toISOString(),
      to: recipients.map(bareAddress),
      from: email.from ? addressText(email.from) : from,
      subject: email.subject ?? '',
      headers: { ...headersOf(email), 'message-id': `<${id}@email.amazonses.com>` },
      text: (email.text ?? '').replace(/\r?\n$/, ''),
      html: (email.html ?? '').replace(/\r?\n$/, ''),
      destination: recipients.map(bareAddress),
      configurationSet,
      tags,
    };
    mailbox.append(mail);
    happen(mail, fateOf(mail));
    return id;
  };

  const endpoint = await startEndpoint(
    'text/xml',
    async ({ headers, body }) => {
      const principal = access.identify(headers);
      const form = new URLSearchParams(body.toString('utf8'));
      const action = form.get('Action') ?? '';
      switch (action) {
        case 'SendRawEmail':
        case 'SendEmail': {
          const submission = action === 'SendEmail' ? simpleMail(form) : await rawMail(form);
          const id = take(action, principal, submission);
          return xmlAnswer(action, randomUUID(), { MessageId: id });
        }
        case 'GetSendQuota':
          access.allow(principal, 'ses:GetSendQuota', '*');
          return xmlAnswer(action, randomUUID(), {
            Max24HourSend: '50000.0',
            MaxSendRate: `${MAX_RATE}.0`,
            SentLast24Hours: '0.0',
          });
        default:
          throw new AwsError('InvalidAction', `Could not find operation ${action} for version 2010-12-01`);
      }
    },
    xmlError,
  );

  for (const due of outgoing.values()) void publish(due);

  return {
    name: 'mail',
    endpoint: endpoint.url,
    sent: () => mailbox.all(),
    event: async (mailId, type, details) => {
      const mail = (await mailbox.all()).find(({ id }) => id === mailId);
      if (mail) happen(mail, [type], details);
      return mail !== undefined;
    },
    nextDue: () => agenda.next(),
    runDue: (now) => {
      for (let id = agenda.take(now); id !== null; id = agenda.take(now)) {
        const due = outgoing.get(id);
        if (due) void publish(due);
      }
    },
    busy: () => underWay > 0,
    stop: async () => {
      stopped = true;
      await endpoint.stop();
      journal.close();
      mailbox.close();
    },
  };
};

interface EventDestination {
  readonly Enabled?: boolean;
  readonly MatchingEventTypes: readonly string[];
  readonly EventBridgeDestination?: { readonly EventBusArn: string };
}

const setArn = (name: string): string => `arn:aws:ses:us-east-1:000000000000:configuration-set/${name}`;

/** "deliveryDelay", "DELIVERY_DELAY" and "DeliveryDelay" are one. */
const normal = (eventType: string): string => eventType.replaceAll('_', '').toLowerCase();

/** What the mailbox simulator of SES does with its addresses; everything else is delivered. */
const fateOf = ({ destination }: SentMail): SesEventType[] => {
  const simulated = destination
    .filter((address) => address.toLowerCase().endsWith('@simulator.amazonses.com'))
    .map((address) => address.slice(0, address.search(/[+@]/)).toLowerCase());
  if (simulated.includes('bounce') || simulated.includes('suppressionlist')) return ['Send', 'Bounce'];
  if (simulated.includes('complaint')) return ['Send', 'Delivery', 'Complaint'];
  return ['Send', 'Delivery'];
};
