import {
  type App,
  CfnOutput,
  DefaultStackSynthesizer,
  Duration,
  type IStackSynthesizer,
  Stack,
} from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { readsAccount } from '../core/engine/reads-account.ts';
import { type Ruleset, rulesetHash } from '../core/ruleset.ts';
import { Accounts } from './accounts.ts';
import { Alarms } from './alarms.ts';
import { Api } from './api.ts';
import { Auth } from './auth.ts';
import { Bus } from './bus.ts';
import { bundlesIn } from './function.ts';
import { Functions, SCORE_TIMEOUT, START_TIMEOUT } from './functions.ts';
import { Machines } from './machines.ts';
import { Mail } from './mail.ts';
import { Morning } from './morning.ts';
import { Publish } from './publish.ts';
import { Tick } from './schedule.ts';
import { Rescore } from './rescore.ts';
import { Secrets } from './secrets.ts';
import { Site } from './site.ts';
import { Storage } from './storage.ts';

export interface KindlingProps {
  readonly ruleset: Ruleset;
  /** The folder with a folder for each function's bundle. */
  readonly bundles: string;
  /** The folder with the console's files. */
  readonly console: string;
}

/** All of it, in the order in which each part needs those before it. */
export class KindlingStack extends Stack {
  constructor(app: App, { ruleset, ...built }: KindlingProps) {
    super(app, 'Kindling', {
      description: 'Lead scoring and nurture, from cold to hot',
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) as IStackSynthesizer,
    });
    const bundles = bundlesIn(built.bundles);

    const storage = new Storage(this, 'Storage');
    const secrets = new Secrets(this, 'Secrets');
    const bus = new Bus(this, 'Bus', { scoreTimeout: SCORE_TIMEOUT, startTimeout: START_TIMEOUT });
    const mail = new Mail(this, 'Mail', { sender: ruleset.settings.sender?.email });
    const auth = new Auth(this, 'Auth');
    const api = new Api(this, 'Gateway');
    const site = new Site(this, 'Site', { files: built.console, api: api.host, connect: auth.origins });
    const console = auth.addConsole(site.url);

    const functions = new Functions(this, 'Functions', {
      bundles,
      storage,
      bus,
      secrets,
      mail,
      auth,
      console,
      url: site.url,
      accounts: ruleset.accounts !== undefined,
    });
    // Where nobody is added up, and nobody's points depend on what others say of an account, nothing of it is there.
    const accounts =
      ruleset.accounts !== undefined || readsAccount(ruleset)
        ? new Accounts(this, 'Accounts', { bundles, storage, bus })
        : null;
    const machines = new Machines(this, 'Machines', {
      journeys: ruleset.journeys,
      bundles,
      storage,
      bus,
      look: functions.look,
      act: functions.act,
      send: functions.send,
      handoff: functions.handoff,
      notify: functions.notify,
      webhook: functions.webhook,
      accounts: ruleset.accounts !== undefined,
    });
    machines.allowDecide(functions.api);
    const morning = new Morning(this, 'Mornings', {
      bundles,
      storage,
      send: functions.send,
      accounts: ruleset.accounts !== undefined,
    });
    const tick = new Tick(this, 'DegradeTick', { target: functions.degrade, every: Duration.minutes(15) });

    const {
      ingest,
      score,
      degrade,
      look,
      act,
      send,
      handoff,
      notify,
      webhook,
      answer,
      hooks,
      api: read,
      erase,
      preferences,
    } = functions;
    const keys = 'Senders show a key of their own, wherever their client puts it: ingest checks it.';
    api.route(
      {
        methods: [HttpMethod.POST, HttpMethod.OPTIONS],
        paths: ['/v1/{proxy+}', '/batch', '/batch/{proxy+}'],
        target: ingest,
      },
      { open: keys },
    );
    api.route(
      { methods: [HttpMethod.GET], paths: ['/v1/projects/{key}/settings'], target: ingest },
      { open: 'What a browser’s client asks before it sends; the answer holds nothing but its own key.' },
    );
    api.route(
      { methods: [HttpMethod.GET], paths: ['/health'], target: ingest },
      { open: 'It says that the product answers, and nothing else.' },
    );
    const signedIn = new HttpJwtAuthorizer('SignedIn', auth.issuer, {
      jwtAudience: [console.userPoolClientId],
    });
    api.route(
      { methods: [HttpMethod.GET, HttpMethod.POST], paths: ['/api/{proxy+}'], target: read },
      { authorizer: signedIn },
    );
    api.route(
      {
        methods: [HttpMethod.POST],
        paths: ['/api/handoffs/answers', '/api/handoffs/deals'],
        target: answer,
      },
      { authorizer: signedIn },
    );
    api.route(
      { methods: [HttpMethod.DELETE], paths: ['/api/leads/{id}'], target: erase },
      { authorizer: signedIn },
    );
    api.route(
      { methods: [HttpMethod.GET], paths: ['/api/leads/{id}/erasure', '/api/erased'], target: erase },
      { authorizer: signedIn },
    );
    api.route(
      { methods: [HttpMethod.GET], paths: ['/api/config'], target: read },
      { open: 'The console asks it where to sign in.' },
    );
    api.route(
      { methods: [HttpMethod.GET, HttpMethod.POST], paths: ['/u/{token}'], target: preferences },
      { open: 'Whoever has the mail has the link: its signature is the permission.' },
    );

    api.route(
      { methods: [HttpMethod.GET, HttpMethod.POST], paths: ['/h/{token}'], target: answer },
      { open: 'Whoever was asked has the link: its signature is the permission.' },
    );
    api.route(
      { methods: [HttpMethod.POST], paths: ['/hooks/{source}'], target: hooks },
      { open: 'Other products sign what they send; the function verifies it.' },
    );
    api.route(
      { methods: [HttpMethod.POST], paths: ['/slack/actions'], target: answer },
      { open: 'Slack signs what it sends; the function verifies it.' },
    );

    const rescore = new Rescore(this, 'Rescoring', { bundles, storage, bus });
    rescore.allowStart(functions.degrade);
    const publish = new Publish(this, 'Rules', {
      bundles,
      storage,
      rescore,
      hash: rulesetHash(ruleset),
      machines: machines.addresses,
      after: [machines, functions, rescore, ...(accounts ? [accounts] : [])],
    });

    const queues = [bus.events, bus.changes, ...(accounts ? [accounts.requests] : [])];
    const alarms = new Alarms(this, 'Alarms', {
      functions: [
        ingest,
        score,
        degrade,
        machines.start,
        look,
        act,
        send,
        handoff,
        morning.morning,
        notify,
        webhook,
        answer,
        hooks,
        read,
        erase,
        preferences,
        publish.publish,
        rescore.rescore,
        ...(accounts ? [accounts.accounts] : []),
      ],
      queues: queues.map(({ queue }) => queue),
      deadLetters: [...queues, tick, morning.tick].map(({ deadLetters }) => deadLetters),
      machines: [machines.handoff, machines.decision, morning.machine, rescore.machine],
      journeys: machines.journeys,
    });

    this.output('Url', site.url);
    this.output('IngestKeysSecretArn', secrets.ingestKeys.secretArn);
    this.output('SlackSecretArn', secrets.slack.secretArn);
    this.output('TeamsSecretArn', secrets.teams.secretArn);
    this.output('SourcesSecretArn', secrets.sources.secretArn);
    this.output('WebhooksSecretArn', secrets.webhooks.secretArn);
    this.output('UserPoolId', auth.userPool.userPoolId);
    this.output('UserPoolClientId', console.userPoolClientId);
    this.output('TableName', storage.table.tableName);
    this.output('BusName', bus.bus.eventBusName);
    this.output('PublishFunctionName', publish.publish.functionName);
    this.output('AlarmTopicArn', alarms.topic.topicArn);
  }

  private output(name: string, value: string): void {
    new CfnOutput(this, name, { value });
  }
}
