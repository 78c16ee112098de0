import { Aws, Fn, RemovalPolicy, SecretValue, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

/** What must not be read in a template, nor in a function's environment. */
export class Secrets extends Construct {
  /** `{"browser":"…","server":"…"}`: the keys that senders of events show. */
  readonly ingestKeys: Secret;
  /** Signs the links by which people leave; mails that are out for years carry them, so it outlives the stack. */
  readonly links: Secret;
  /** Where and how Slack is spoken to; `none` until somebody fills it in, as are the next two. */
  readonly slack: Secret;
  /** The addresses of Teams channels, by the names of handoff.yaml. */
  readonly teams: Secret;
  /** The addresses and keys of webhooks, by the names of handoff.yaml. */
  readonly webhooks: Secret;
  /** The keys by which other products sign what they send, by the names of sources/. */
  readonly sources: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // A secret generates one value. The browser key stands in every page that sends events: it need not be secret,
    // only different from stack to stack.
    const browser = Fn.select(2, Fn.split('/', Aws.STACK_ID));
    this.ingestKeys = new Secret(this, 'IngestKeys', {
      description: 'The keys that senders of events show: browser and server',
      generateSecretString: {
        secretStringTemplate: `{"browser":"${browser}"}`,
        generateStringKey: 'server',
        passwordLength: 40,
        excludePunctuation: true,
      },
    });
    this.links = new Secret(this, 'Links', {
      description: 'Signs unsubscribe and preference links',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const toFill = (name: string, description: string): Secret =>
      new Secret(this, name, { description, secretStringValue: SecretValue.unsafePlainText('none') });
    this.slack = toFill('Slack', 'Addresses of Slack channels and the key that Slack signs with, or none');
    this.teams = toFill('Teams', 'Addresses of Microsoft Teams channels, or none');
    this.sources = toFill('Sources', 'Keys by which other products sign their webhooks, or none');
    this.webhooks = toFill('Webhooks', 'Addresses and signing keys of webhooks, or none');
    for (const [logicalId, secret] of [
      ['IngestKeysSecret', this.ingestKeys],
      ['LinkSecret', this.links],
      ['SlackSecret', this.slack],
      ['TeamsSecret', this.teams],
      ['WebhooksSecret', this.webhooks],
      ['SourcesSecret', this.sources],
    ] as const)
      (secret.node.defaultChild as CfnSecret).overrideLogicalId(logicalId);

    Validations.of(this.ingestKeys).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The keys stand in the senders’ own configuration: only a person can change both ends.',
    });
    Validations.of(this.links).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'A new value would break the unsubscribe links of every mail that is out.',
    });
    for (const theirs of [this.slack, this.teams, this.webhooks, this.sources])
      Validations.of(theirs).acknowledge({
        id: 'AwsSolutions-SMG4',
        reason: 'Somebody else makes what is in it; nothing of ours can rotate it.',
      });
  }
  /** Lets `grantee` read one of them. */
  allowRead(grantee: IGrantable, secret: Secret): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [secret.secretArn],
    });
  }
}
