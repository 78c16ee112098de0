import { Duration } from 'aws-cdk-lib';
import type { UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { Auth } from './auth.ts';
import type { Bus } from './bus.ts';
import { BundledFunction, type Bundles } from './function.ts';
import type { Mail } from './mail.ts';
import type { Secrets } from './secrets.ts';
import type { Storage } from './storage.ts';

/** Time limits that queues must know of. */
export const SCORE_TIMEOUT = Duration.seconds(30);
export const START_TIMEOUT = Duration.seconds(30);

/** Over how many keys the leads that are due, and those of a band, are spread: one takes 1,000 writes a second. */
export const SHARDS = { DUE_SHARDS: '4', BAND_SHARDS: '4' };

export interface FunctionsProps {
  readonly bundles: Bundles;
  readonly storage: Storage;
  readonly bus: Bus;
  readonly secrets: Secrets;
  readonly mail: Mail;
  readonly auth: Auth;
  readonly console: UserPoolClient;
  /** Where people reach the product, without a slash at the end. */
  readonly url: string;
  /** Whether the rules add people up to accounts. */
  readonly accounts: boolean;
}

/** What runs, and what each may do: nothing that is not listed here is allowed. */
export class Functions extends Construct {
  readonly ingest: BundledFunction;
  readonly score: BundledFunction;
  readonly degrade: BundledFunction;
  readonly look: BundledFunction;
  readonly act: BundledFunction;
  readonly send: BundledFunction;
  readonly handoff: BundledFunction;
  readonly notify: BundledFunction;
  readonly answer: BundledFunction;
  readonly webhook: BundledFunction;
  readonly hooks: BundledFunction;
  readonly api: BundledFunction;
  readonly erase: BundledFunction;
  readonly preferences: BundledFunction;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    const { bundles, storage, bus, secrets, mail } = props;
    const TABLE_NAME = storage.table.tableName;
    const BUS_NAME = bus.bus.eventBusName;

    this.ingest = new BundledFunction(this, 'Ingest', {
      description: 'Takes events from senders and puts them on the bus',
      bundle: bundles('ingest'),
      environment: {
        BUS_NAME,
        TABLE_NAME,
        INGEST_KEYS_SECRET: secrets.ingestKeys.secretArn,
        ALLOWED_ORIGINS: '*',
        EVENTS_PER_SECOND: '1000',
      },
    });
    bus.allowPut(this.ingest);
    secrets.allowRead(this.ingest, secrets.ingestKeys);
    storage.allow(this.ingest, 'UpdateItem', 'PutItem');

    this.score = new BundledFunction(this, 'Score', {
      description: 'Stores events under their leads and scores them',
      bundle: bundles('score'),
      environment: { TABLE_NAME, BUS_NAME, ...SHARDS },
      timeout: SCORE_TIMEOUT,
      memorySize: 1024,
    });
    bus.allowPut(this.score);
    bus.events.consumedBy(this.score, { maxConcurrency: 20 });
    // It takes out of quarantine what was replayed.
    storage.allow(this.score, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'DeleteItem');

    this.degrade = new BundledFunction(this, 'Degrade', {
      description: 'Scores the leads whose time has come, and publishes changes that were left',
      bundle: bundles('degrade'),
      environment: { TABLE_NAME, BUS_NAME, ...SHARDS },
      timeout: Duration.minutes(5),
      memorySize: 1024,
    });
    bus.allowPut(this.degrade);
    // It goes on with erasures that stopped.
    storage.allow(this.degrade, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'DeleteItem');
    storage.allowIndex(this.degrade, 'Query', 'due', 'name');

    this.look = new BundledFunction(this, 'Look', {
      description: 'Tells a journey whether to go on, and which way',
      bundle: bundles('look'),
      environment: { TABLE_NAME },
    });
    storage.allow(this.look, 'GetItem', 'Query', 'PutItem');

    this.act = new BundledFunction(this, 'Act', {
      description: 'Sets attributes and asks for handoffs where a journey says so',
      bundle: bundles('act'),
      environment: { BUS_NAME },
    });
    bus.allowPut(this.act);

    this.send = new BundledFunction(this, 'Send', {
      description: 'Sends the mails of journeys and handoffs',
      bundle: bundles('send'),
      environment: {
        TABLE_NAME,
        LINK_SECRET: secrets.links.secretArn,
        PUBLIC_URL: props.url,
        CONFIGURATION_SET: mail.configurationSet.configurationSetName,
      },
      timeout: Duration.seconds(30),
    });
    mail.allowSend(this.send);
    secrets.allowRead(this.send, secrets.links);
    storage.allow(this.send, 'GetItem', 'Query', 'PutItem', 'UpdateItem');

    this.handoff = new BundledFunction(this, 'Handoff', {
      description: 'Opens the record of a handoff to sales',
      bundle: bundles('handoff'),
      environment: { TABLE_NAME, BUS_NAME },
    });
    bus.allowPut(this.handoff);
    storage.allow(this.handoff, 'GetItem', 'Query', 'PutItem');
    if (props.accounts) storage.allowIndex(this.handoff, 'Query', 'account');

    const PRIVATE_ADDRESSES = 'refused';
    this.notify = new BundledFunction(this, 'Notify', {
      description: 'Tells sales in Slack and Teams of handoffs, and what journeys have to say',
      bundle: bundles('notify'),
      environment: {
        TABLE_NAME,
        SLACK_SECRET: secrets.slack.secretArn,
        TEAMS_SECRET: secrets.teams.secretArn,
        LINK_SECRET: secrets.links.secretArn,
        PUBLIC_URL: props.url,
        PRIVATE_ADDRESSES,
      },
      timeout: Duration.seconds(30),
    });
    for (const secret of [secrets.slack, secrets.teams, secrets.links])
      secrets.allowRead(this.notify, secret);
    storage.allow(this.notify, 'GetItem', 'PutItem');

    this.answer = new BundledFunction(this, 'Answer', {
      description: 'Takes the answers of sales, by link and by Slack',
      bundle: bundles('answer'),
      environment: {
        TABLE_NAME,
        BUS_NAME,
        LINK_SECRET: secrets.links.secretArn,
        SLACK_SECRET: secrets.slack.secretArn,
        PUBLIC_URL: props.url,
        PRIVATE_ADDRESSES,
      },
    });
    bus.allowPut(this.answer);
    for (const secret of [secrets.slack, secrets.links]) secrets.allowRead(this.answer, secret);
    storage.allow(this.answer, 'GetItem', 'PutItem');

    this.hooks = new BundledFunction(this, 'Hooks', {
      description: 'Takes the webhooks of other products',
      bundle: bundles('hooks'),
      environment: {
        TABLE_NAME,
        BUS_NAME,
        SOURCES_SECRET: secrets.sources.secretArn,
        PUBLIC_URL: props.url,
      },
    });
    bus.allowPut(this.hooks);
    secrets.allowRead(this.hooks, secrets.sources);
    storage.allow(this.hooks, 'GetItem', 'PutItem');

    this.webhook = new BundledFunction(this, 'Webhook', {
      description: 'Tells other products of handoffs, and that journeys came by',
      bundle: bundles('webhook'),
      environment: {
        TABLE_NAME,
        WEBHOOKS_SECRET: secrets.webhooks.secretArn,
        PUBLIC_URL: props.url,
        PRIVATE_ADDRESSES,
      },
      timeout: Duration.seconds(30),
    });
    secrets.allowRead(this.webhook, secrets.webhooks);
    storage.allow(this.webhook, 'GetItem', 'PutItem');

    this.api = new BundledFunction(this, 'Api', {
      description: 'Answers the console, and tells the bus what people do in it',
      bundle: bundles('api'),
      environment: {
        TABLE_NAME,
        BUS_NAME,
        BAND_SHARDS: SHARDS.BAND_SHARDS,
        ISSUER: props.auth.issuer,
        CLIENT_ID: props.console.userPoolClientId,
      },
      timeout: Duration.seconds(20),
      memorySize: 1024,
    });
    bus.allowPut(this.api);
    storage.allow(this.api, 'GetItem', 'BatchGetItem', 'Query');
    storage.allowIndex(this.api, 'Query', 'band', 'name', 'handoff');
    if (props.accounts) storage.allowIndex(this.api, 'Query', 'account');

    this.erase = new BundledFunction(this, 'Erase', {
      description: 'Erases a person, and says what that removes',
      bundle: bundles('erase'),
      environment: { TABLE_NAME, BUS_NAME, ...SHARDS },
      // The gateway waits for 30; what is left then is for degrade.
      timeout: Duration.seconds(29),
      memorySize: 1024,
    });
    // Companies that the person is taken out of are added up anew.
    bus.allowPut(this.erase);
    storage.allow(this.erase, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'DeleteItem');
    // It finds the refused messages that speak of the person.
    storage.allowIndex(this.erase, 'Query', 'name');

    this.preferences = new BundledFunction(this, 'Preferences', {
      description: 'Lets people leave by the link in a mail',
      bundle: bundles('preferences'),
      environment: { TABLE_NAME, BUS_NAME, LINK_SECRET: secrets.links.secretArn },
    });
    bus.allowPut(this.preferences);
    secrets.allowRead(this.preferences, secrets.links);
    storage.allow(this.preferences, 'GetItem', 'Query', 'PutItem');
  }
}
