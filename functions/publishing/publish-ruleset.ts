import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { type Publication, UNLIMITED } from '../../core/publish/origin.ts';
import { partsOf } from '../../core/publish/parts.ts';
import { rulesetHash } from '../../core/ruleset.ts';
import { putMachines } from '../journeys/machines.ts';
import { log } from '../log.ts';
import { answer } from './cloudformation.ts';
import { putWhole } from './parts.ts';
import { switchTo, type SwitchPorts } from './switch.ts';

/** A CloudFormation custom resource: creating or updating it publishes the ruleset; deleting it leaves what is there. */
export const publishAtDeploy = async (
  ports: SwitchPorts,
  event: CloudFormationCustomResourceEvent,
): Promise<void> => {
  const id = 'PhysicalResourceId' in event ? event.PhysicalResourceId : 'ruleset';
  try {
    if (event.RequestType === 'Delete') return await answer(event, { status: 'SUCCESS', id });
    // First: who sees the ruleset starts its journeys.
    await putMachines(ports.table, String(event.ResourceProperties.Machines));
    const { hash, epoch } = await publish(ports);
    await answer(event, { status: 'SUCCESS', id: 'ruleset', data: { Hash: hash, Epoch: String(epoch) } });
  } catch (error) {
    log.error('the ruleset was not published', { error: error as Error });
    await answer(event, {
      status: 'FAILED',
      id,
      reason: 'the ruleset was not published; see the log of publish',
    });
  }
};

/** Writes the parts of the ruleset that the stack is deployed with, then makes it live. Nothing happens where it is live already. */
export const publish = async (ports: SwitchPorts): Promise<Publication> => {
  const { hash: _hash, ...ruleset } = (await ports.deployed()) as Awaited<
    ReturnType<SwitchPorts['deployed']>
  > & { hash?: string };
  const hash = rulesetHash(ruleset);
  if ((await ports.published.live())?.hash !== hash) await putWhole(ports.table, hash, partsOf(ruleset));
  return switchTo(ports, { hash, commit: null, by: 'cdk deploy', terms: UNLIMITED });
};
