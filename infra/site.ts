import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  Function,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginRequestPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type IBucket,
} from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { STAMP } from './cached.ts';

/** What the API answers; everything else is the console. */
const API_PATHS = ['/api/*', '/v1/*', '/batch*', '/u/*', '/h/*', '/slack/*', '/hooks/*', '/health'];

/** The console is one page: every address but those of its files is that page. An account's address may end like a file. */
const ONE_PAGE = `function handler(event) {
  var request = event.request;
  if (!/^\\/(assets\\/.*|[^/]+\\.[a-z]+)$/.test(request.uri)) request.uri = '/index.html';
  return request;
}`;

export interface SiteProps {
  /** The folder with the console's files. */
  readonly files: string;
  /** The host name of the API. */
  readonly api: string;
  /** Other origins that the console may talk to. */
  readonly connect: readonly string[];
}

/** The one address of everything: the console's files, and before them the API. */
export class Site extends Construct {
  readonly bucket: Bucket;
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, { files, api, connect }: SiteProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'It holds the published files of the console, and only CloudFront reads it.',
    });

    const toApi: BehaviorOptions = {
      origin: new HttpOrigin(api),
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      responseHeadersPolicy: ResponseHeadersPolicy.SECURITY_HEADERS,
      // Clients that send events do not follow redirects.
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      compress: true,
    };
    this.distribution = new Distribution(this, 'Distribution', {
      comment: 'Kindling: console and API',
      defaultRootObject: 'index.html',
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(this.bucket as IBucket),
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: this.headers(connect),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        functionAssociations: [
          {
            eventType: FunctionEventType.VIEWER_REQUEST,
            function: new Function(this, 'OnePage', {
              code: FunctionCode.fromInline(ONE_PAGE),
              runtime: FunctionRuntime.JS_2_0,
              comment: 'Every address of the console is its one page',
            }),
          },
        ],
      },
      additionalBehaviors: Object.fromEntries(API_PATHS.map((path) => [path, toApi])),
    });
    Validations.of(this.distribution).acknowledge(
      { id: 'AwsSolutions-CFR1', reason: 'Leads and clients that send events are anywhere.' },
      {
        id: 'AwsSolutions-CFR2',
        reason: 'A web ACL costs more a month than all the rest at rest; ingest limits each key itself.',
      },
      {
        id: 'AwsSolutions-CFR3',
        reason: 'Access logs would keep addresses of people; the API logs routes, status and latency.',
      },
      {
        id: 'AwsSolutions-CFR4',
        reason:
          'Without a domain of its own it has CloudFront’s certificate, whose protocols cannot be chosen.',
      },
    );

    this.deploy(files);
  }

  /** Where people and clients reach it, without a slash at the end. */
  get url(): string {
    return `https://${this.distribution.distributionDomainName}`;
  }

  /** Copies the console into the bucket, by the function that CDK brings along for it. */
  private deploy(files: string): void {
    const logGroup = new LogGroup(this, 'FilesLog', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'FilesRole', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    new BucketDeployment(this, 'Files', {
      sources: [Source.asset(files, { exclude: [STAMP] })],
      destinationBucket: this.bucket as IBucket,
      // The edge asks the bucket whether a file has changed, so that a deploy needs to clear no cache.
      cacheControl: [CacheControl.noCache()],
      retainOnDelete: false,
      role,
      logGroup,
    });
    const reason = 'CDK’s own grants: it reads the assets of this deploy, and writes the site’s bucket.';
    Validations.of(role).acknowledge(
      ...['Action::s3:GetBucket*', 'Action::s3:GetObject*', 'Action::s3:List*', 'Action::s3:Abort*']
        .concat(
          'Action::s3:DeleteObject*',
          `Resource::<${Stack.of(this).getLogicalId(this.bucket.node.defaultChild as CfnBucket)}.Arn>/*`,
        )
        .concat('Resource::arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*')
        .map((finding) => ({ id: `AwsSolutions-IAM5[${finding}]`, reason })),
    );
    const copier = Stack.of(this).node.children.find(({ node }) =>
      node.id.startsWith('Custom::CDKBucketDeployment'),
    );
    if (copier)
      Validations.of(copier).acknowledge({
        id: 'AwsSolutions-L1',
        reason: 'CDK chooses the runtime of its own function; it runs at deploys only.',
      });
  }

  private headers(connect: readonly string[]): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, 'Headers', {
      securityHeadersBehavior: {
        contentSecurityPolicy: {
          override: true,
          contentSecurityPolicy: [
            "default-src 'none'",
            "script-src 'self'",
            // Mails are shown as they were sent, with the styles in them, in a frame without scripts.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "frame-src 'self'",
            `connect-src 'self' ${connect.join(' ')}`,
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
          ].join('; '),
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(365),
          includeSubdomains: true,
          override: true,
        },
      },
    });
  }
}
