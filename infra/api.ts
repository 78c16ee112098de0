import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  HttpApi,
  type HttpMethod,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface RouteProps {
  readonly methods: readonly HttpMethod[];
  /** Without a slash at the end; `{proxy+}` stands for any rest, an empty one too. */
  readonly paths: readonly string[];
  readonly target: Function;
}

/** How a route knows that a caller may call it. */
export type Admission =
  | { readonly authorizer: IHttpRouteAuthorizer }
  /** The gateway lets everybody through, and here is why. */
  | { readonly open: string };

/** The HTTP API: who answers what. */
export class Api extends Construct {
  readonly httpApi: HttpApi;
  private readonly integrations = new Map<Function, HttpLambdaIntegration>();

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.httpApi = new HttpApi(this, 'HttpApi', { createDefaultStage: false });
    new HttpStage(this, 'Stage', {
      httpApi: this.httpApi,
      stageName: '$default',
      autoDeploy: true,
      // Above what the keys' own limits let in, which answer with Retry-After: a flood of requests without a key must
      // cost neither a function call each nor the concurrency that all functions of the account share.
      throttle: { rateLimit: 3_000, burstLimit: 3_000 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLog', {
            retention: RetentionDays.ONE_MONTH,
            removalPolicy: RemovalPolicy.DESTROY,
          }),
        ),
        // The route and not the path, and no address: an unsubscribe link names a person.
        format: AccessLogFormat.custom(
          JSON.stringify({
            requestId: '$context.requestId',
            routeKey: '$context.routeKey',
            status: '$context.status',
            latencyMs: '$context.responseLatency',
            bytes: '$context.responseLength',
            error: '$context.error.message',
          }),
        ),
      },
    });
  }

  /** One for a function, however many routes lead to it. */
  private integration(target: Function): HttpLambdaIntegration {
    const known =
      this.integrations.get(target) ?? new HttpLambdaIntegration(`${target.node.id}Integration`, target);
    this.integrations.set(target, known);
    return known;
  }

  /** The API's own host name, without a scheme. */
  get host(): string {
    return `${this.httpApi.apiId}.execute-api.${this.httpApi.env.region}.amazonaws.com`;
  }

  /** Lets a function answer these paths. */
  route({ methods, paths, target }: RouteProps, admission: Admission): void {
    const integration = this.integration(target);
    for (const path of paths) {
      const routes = this.httpApi.addRoutes({
        path,
        methods: [...methods],
        integration,
        ...('authorizer' in admission && { authorizer: admission.authorizer }),
      });
      if ('open' in admission)
        for (const route of routes)
          Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason: admission.open });
    }
  }
}
