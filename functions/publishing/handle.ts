import middy from '@middy/core';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { publishAtDeploy } from './publish-ruleset.ts';
import { answerRequest, type PublishAnswer } from './requests.ts';
import type { SwitchPorts } from './switch.ts';

/** Two may call: CloudFormation at a deploy, and a deployer, who gets an answer. */
export const createPublish = (
  ports: SwitchPorts,
): ((event: unknown, context: Context) => Promise<PublishAnswer | void>) =>
  middy<unknown, PublishAnswer | void>().handler((event: unknown) =>
    typeof event === 'object' && event !== null && 'RequestType' in event
      ? publishAtDeploy(ports, event as CloudFormationCustomResourceEvent)
      : answerRequest(ports, event),
  );
