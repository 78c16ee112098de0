import { Aws, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AccountRecovery,
  Mfa,
  OAuthScope,
  UserPool,
  type UserPoolClient,
  UserPoolClientIdentityProvider,
  type UserPoolDomain,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';

/** Who may look at leads: people whom an administrator invited. */
export class Auth extends Construct {
  readonly userPool: UserPool;
  readonly domain: UserPoolDomain;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.userPool = new UserPool(this, 'UserPool', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.userPool).acknowledge(
      {
        id: 'AwsSolutions-COG2',
        reason: 'A second factor is offered; whether to demand it is for the operator to say.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason: 'The Plus plan is billed by user and month; nobody can sign up by themselves.',
      },
    );
    // The prefix is one name in all of a region: the account's number keeps two companies apart.
    this.domain = this.userPool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: `kindling-${Aws.ACCOUNT_ID}` },
    });
  }

  /** Signs the tokens; the console discovers everything else there. */
  get issuer(): string {
    return this.userPool.userPoolProviderUrl;
  }

  /** The origins that a browser talks to when somebody signs in. */
  get origins(): readonly string[] {
    return [
      `https://cognito-idp.${Aws.REGION}.${Aws.URL_SUFFIX}`,
      `https://${this.domain.domainName}.auth.${Aws.REGION}.amazoncognito.com`,
    ];
  }

  /**
   * A single-page application that people sign in to.
   * @param url without a slash at the end
   */
  addConsole(url: string): UserPoolClient {
    return this.userPool.addClient('Console', {
      generateSecret: false,
      // Nothing but the sign-in page: no password ever passes through our own.
      authFlows: {},
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL],
        callbackUrls: [`${url}/`],
        logoutUrls: [`${url}/`],
      },
      supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
      preventUserExistenceErrors: true,
      idTokenValidity: Duration.hours(1),
      accessTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(1),
    });
  }
}
