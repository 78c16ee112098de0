import { Stack, Validations } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Grant } from 'aws-cdk-lib/aws-iam';
import {
  ConfigurationSet,
  EmailIdentity,
  EmailSendingEvent,
  EventDestination,
  Identity,
} from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import type { BundledFunction } from './function.ts';

export interface MailProps {
  /** The address that mails come from; without one there is nobody to send as. */
  readonly sender: string | undefined;
}

/** The right to send from the sender's domain, and word of what became of each mail. */
export class Mail extends Construct {
  readonly configurationSet: ConfigurationSet;
  private readonly identity: EmailIdentity | undefined;

  constructor(scope: Construct, id: string, { sender }: MailProps) {
    super(scope, id);
    this.configurationSet = new ConfigurationSet(this, 'ConfigurationSet', { reputationMetrics: true });
    this.configurationSet.addEventDestination('Events', {
      // SES takes no other bus than the account's own.
      destination: EventDestination.eventBus(EventBus.fromEventBusName(this, 'Default', 'default')),
      events: [
        EmailSendingEvent.DELIVERY,
        EmailSendingEvent.OPEN,
        EmailSendingEvent.CLICK,
        EmailSendingEvent.BOUNCE,
        EmailSendingEvent.COMPLAINT,
        EmailSendingEvent.REJECT,
      ],
    });
    const domain = sender?.split('@').at(-1);
    if (domain !== undefined)
      this.identity = new EmailIdentity(this, 'Sender', {
        identity: Identity.domain(domain),
        configurationSet: this.configurationSet,
      });
  }

  /** Lets `grantee` send mail as the sender, and ask how fast the account may. One function needs it. */
  allowSend(grantee: BundledFunction): void {
    if (!this.identity) return;
    Grant.addToPrincipal({ grantee, actions: ['ses:GetSendQuota'], resourceArns: ['*'] });
    if (grantee.role)
      Validations.of(grantee.role).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'What an account may send is asked of the account: the action knows no resource.',
      });
    Grant.addToPrincipal({
      grantee,
      actions: ['ses:SendRawEmail'],
      resourceArns: [
        this.identity.emailIdentityArn,
        Stack.of(this).formatArn({
          service: 'ses',
          resource: 'configuration-set',
          resourceName: this.configurationSet.configurationSetName,
        }),
      ],
    });
  }
}
