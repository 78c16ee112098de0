import { RETRY, type StateMachineDefinition } from './journeys.ts';
import { whenSent } from './sending.ts';

/**
 * The state machine that carries out what a person decided on a mail of which nobody knows whether it went out; its
 * input is `{leadId, accountId, entry, step, visit, decision, by}`, where one of the two ids is null. A mail that is sent
 * again waits as any other: for the morning, for room in the limit, for the account's rate.
 */
export const decisionDefinition = (send: string): StateMachineDefinition => ({
  Comment: 'A mail of unknown outcome is sent again, or dismissed',
  StartAt: 'decide',
  States: {
    decide: {
      Type: 'Task',
      Resource: send,
      Parameters: {
        kind: 'decision',
        'leadId.$': '$.leadId',
        'accountId.$': '$.accountId',
        'entry.$': '$.entry',
        'step.$': '$.step',
        'visit.$': '$.visit',
        'decision.$': '$.decision',
        'by.$': '$.by',
      },
      ResultPath: '$.sent',
      Retry: RETRY,
      Next: 'sent?',
    },
    ...whenSent('decide', 'done'),
    done: { Type: 'Succeed' },
  },
});
