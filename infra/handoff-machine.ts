import { RETRY, RETRY_THROTTLED, type StateMachineDefinition } from './journeys.ts';
import { whenSent } from './sending.ts';

/** Functions by their ARNs. */
export interface HandoffArns {
  readonly handoff: string;
  readonly send: string;
  readonly notify: string;
  readonly webhook: string;
}

const IDS = {
  'leadId.$': '$.leadId',
  'accountId.$': '$.accountId',
  'entry.$': '$.entry',
  'ruleset.$': '$.ruleset',
};
/** Whoever is asked later is not kept waiting by a channel that is down for days. */
const RETRY_SOON = { ...RETRY_THROTTLED, MaxAttempts: 7 };
const FAILED = 'failed';
const CHANNELS = ['mail', 'slack', 'teams', 'webhook'] as const;

/** A branch that tells one channel; that it fails does not keep the others from trying. */
const channel = (
  { send, notify, webhook }: HandoffArns,
  name: (typeof CHANNELS)[number],
  visit: object,
  suffix: string,
  retry: object,
): object => {
  const [resource, payload] = {
    mail: [send, { kind: 'handoff' }] as const,
    slack: [notify, { channel: 'slack' }] as const,
    teams: [notify, { channel: 'teams' }] as const,
    webhook: [webhook, {}] as const,
  }[name];
  const [state, failed] = [`${name}${suffix}`, `${name}${suffix} failed`];
  return {
    StartAt: state,
    States: {
      [state]: {
        Type: 'Task',
        Resource: resource,
        Parameters: { ...IDS, ...payload, step: name, ...visit },
        ResultPath: '$.sent',
        Retry: [retry, ...RETRY],
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: failed }],
        Next: `${state} sent?`,
      },
      ...whenSent(state, `${state} told`, `${state} `),
      [`${state} told`]: { Type: 'Pass', InputPath: '$.sent', End: true },
      [failed]: { Type: 'Pass', Result: { outcome: FAILED }, End: true },
    },
  };
};

const anyFailed = (path: string, count: number, next: string): object[] =>
  Array.from({ length: count }, (_, branch) => ({
    Variable: `${path}[${branch}].outcome`,
    StringEquals: FAILED,
    Next: next,
  }));

/**
 * The branch that minds the time: it looks, waits until somebody's working hours are over, looks again, and tells
 * whoever is asked next. Each look answers from the record, so that one that is repeated asks nobody twice.
 */
const watching = (arns: HandoffArns): object => ({
  StartAt: 'first',
  States: {
    first: { Type: 'Pass', Result: 0, ResultPath: '$.visit', Next: 'look' },
    look: {
      Type: 'Task',
      Resource: arns.handoff,
      Parameters: { ...IDS, action: 'watch', 'told.$': '$.visit' },
      ResultPath: '$.look',
      Retry: RETRY,
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'not watched' }],
      Next: 'answered?',
    },
    'answered?': {
      Type: 'Choice',
      Choices: [
        { Variable: '$.look.outcome', StringEquals: 'wait', Next: 'wait' },
        { Variable: '$.look.outcome', StringEquals: 'ask', Next: 'who is next' },
      ],
      Default: 'all told?',
    },
    wait: { Type: 'Wait', TimestampPath: '$.look.until', Next: 'look' },
    'who is next': { Type: 'Pass', InputPath: '$.look.visit', ResultPath: '$.visit', Next: 'tell the next' },
    'tell the next': {
      Type: 'Parallel',
      Branches: CHANNELS.map((name) => channel(arns, name, { 'visit.$': '$.visit' }, ' again', RETRY_SOON)),
      ResultPath: '$.again',
      Next: 'told again?',
    },
    'told again?': {
      Type: 'Choice',
      Choices: anyFailed('$.again', CHANNELS.length, 'remember that one failed'),
      Default: 'look',
    },
    'remember that one failed': { Type: 'Pass', Result: true, ResultPath: '$.failed', Next: 'look' },
    'all told?': {
      Type: 'Choice',
      Choices: [{ Variable: '$.failed', IsPresent: true, Next: 'not watched' }],
      Default: 'watched',
    },
    watched: { Type: 'Pass', Result: { outcome: 'done' }, End: true },
    'not watched': { Type: 'Pass', Result: { outcome: FAILED }, End: true },
  },
});

/**
 * The state machine of a handoff; its input is `{leadId, accountId, entry, ruleset}`, where one of the two ids is null.
 * It opens the record, tells the owner in every channel at once, and minds meanwhile whether they answer.
 */
export const handoffDefinition = (arns: HandoffArns): StateMachineDefinition => ({
  Comment: 'Handoff of a qualified lead or account to its owner',
  StartAt: 'open',
  States: {
    open: {
      Type: 'Task',
      Resource: arns.handoff,
      Parameters: IDS,
      ResultPath: '$.opened',
      Retry: RETRY,
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
        ...CHANNELS.map((name) => channel(arns, name, { visit: 0 }, '', RETRY_THROTTLED)),
        watching(arns),
      ],
      ResultPath: '$.told',
      Next: 'told?',
    },
    'told?': {
      Type: 'Choice',
      Choices: anyFailed('$.told', CHANNELS.length + 1, 'not told'),
      Default: 'told',
    },
    told: { Type: 'Succeed' },
    'not told': {
      Type: 'Fail',
      Error: 'HandoffFailed',
      Cause: 'A mail or a message could not be sent.',
    },
  },
});
