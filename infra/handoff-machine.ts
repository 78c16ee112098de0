import { RETRY_ANY, RETRY_THROTTLED, type StateMachineDefinition } from './journeys.ts';

/**
 * The state machine of a handoff; its input is `{leadId, accountId, entry, ruleset}`, where one of the two ids is null.
 * It opens the record, then tells the owner by mail and Slack at once: that one of the two fails does not keep the other from trying.
 */
export const handoffDefinition = (arns: {
  readonly handoff: string;
  readonly send: string;
  readonly notify: string;
  readonly webhook: string;
}): StateMachineDefinition => {
  const ids = {
    'leadId.$': '$.leadId',
    'accountId.$': '$.accountId',
    'entry.$': '$.entry',
    'ruleset.$': '$.ruleset',
  };
  const branch = (name: string, resource: string, payload: object): object => ({
    StartAt: name,
    States: {
      [name]: {
        Type: 'Task',
        Resource: resource,
        Parameters: { ...ids, ...payload },
        Retry: [RETRY_THROTTLED, RETRY_ANY],
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: `${name} failed` }],
        End: true,
      },
      [`${name} failed`]: { Type: 'Pass', Result: { outcome: 'failed' }, End: true },
    },
  });
  return {
    Comment: 'Handoff of a qualified lead or account to its owner',
    StartAt: 'open',
    States: {
      open: {
        Type: 'Task',
        Resource: arns.handoff,
        Parameters: ids,
        ResultPath: '$.opened',
        Retry: [RETRY_ANY],
        Next: 'still due?',
      },
      'still due?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.opened.outcome', StringEquals: 'go', Next: 'tell the owner' }],
        Default: 'nothing to do',
      },
      'nothing to do': { Type: 'Succeed' },
      'tell the owner': {
        Type: 'Parallel',
        Branches: [
          branch('mail', arns.send, { kind: 'handoff', step: 'mail', visit: 0 }),
          branch('slack', arns.notify, { channel: 'slack', step: 'slack', visit: 0 }),
          branch('teams', arns.notify, { channel: 'teams', step: 'teams', visit: 0 }),
          branch('webhook', arns.webhook, { step: 'webhook', visit: 0 }),
        ],
        ResultPath: '$.told',
        Next: 'told?',
      },
      'told?': {
        Type: 'Choice',
        Choices: [0, 1, 2, 3].map((branch) => ({
          Variable: `$.told[${branch}].outcome`,
          StringEquals: 'failed',
          Next: 'not told',
        })),
        Default: 'told',
      },
      told: { Type: 'Succeed' },
      'not told': {
        Type: 'Fail',
        Error: 'HandoffFailed',
        Cause: 'A mail or a message could not be sent.',
      },
    },
  };
};
