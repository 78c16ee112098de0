import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AnswerKind, HandoffRef } from './handoff.ts';
import { SLACK_ACTIONS } from './slack.ts';

/** How old a request of Slack's may be, ms; either way, as clocks differ. */
const MAX_AGE = 5 * 60_000;

/**
 * Whether Slack sent this, and lately: version 0 of its signatures, HMAC-SHA256 of `v0:<timestamp>:<body>`.
 * @param body the very bytes that came in; @param now UTC milliseconds
 */
export const isFromSlack = (
  headers: Readonly<Record<string, string | undefined>>,
  body: Buffer,
  secret: string,
  now: number,
): boolean => {
  const timestamp = headers['x-slack-request-timestamp'] ?? '';
  const signature = headers['x-slack-signature'] ?? '';
  if (secret === '' || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now - Number(timestamp) * 1000) > MAX_AGE) return false;
  const ours = Buffer.from(
    `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`,
  );
  const theirs = Buffer.from(signature);
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
};

/** A button of ours that somebody pressed in Slack. */
export interface SlackAction {
  readonly ref: HandoffRef;
  readonly what: AnswerKind;
  /** Of `not-a-fit`: the key that was chosen. */
  readonly reason?: string;
  /** How Slack calls who pressed it. */
  readonly by: string;
  /** Where the message can be replaced. */
  readonly responseUrl: string | null;
}

/** What an interaction asks for; null where it is none of our answers (a link was opened, say). Never throws. */
export const readSlackAction = (payload: unknown): SlackAction | null => {
  const { type, actions, user, message, response_url: url } = fieldsOf(payload);
  if (type !== 'block_actions' || !Array.isArray(actions)) return null;
  const action = fieldsOf(actions[0]);
  const what = whatOf(action.action_id);
  if (what === null) return null;
  // A menu's value is the reason; which handoff it is about stands on the button beside it.
  const ref = refOf(action.value) ?? refIn(message);
  if (ref === null) return null;
  const reason = textOf(fieldsOf(action.selected_option).value);
  if (what === 'not-a-fit' && reason === null) return null;
  const { name, username, id } = fieldsOf(user);
  return {
    ref,
    what,
    ...(what === 'not-a-fit' && reason !== null ? { reason: reason.slice(0, 64) } : {}),
    by: (textOf(name) ?? textOf(username) ?? textOf(id) ?? 'somebody in Slack').slice(0, 100),
    responseUrl: textOf(url),
  };
};

const whatOf = (id: unknown): AnswerKind | null => {
  switch (id) {
    case SLACK_ACTIONS.accept:
      return 'accepted';
    case SLACK_ACTIONS.notNow:
      return 'not-now';
    case SLACK_ACTIONS.notAFit:
      return 'not-a-fit';
    default:
      return null;
  }
};

const refIn = (message: unknown): HandoffRef | null => {
  const { blocks } = fieldsOf(message);
  for (const block of Array.isArray(blocks) ? blocks : []) {
    const { elements } = fieldsOf(block);
    for (const element of Array.isArray(elements) ? elements : []) {
      const { action_id: id, value } = fieldsOf(element);
      const ref = id === SLACK_ACTIONS.accept ? refOf(value) : null;
      if (ref !== null) return ref;
    }
  }
  return null;
};

const refOf = (value: unknown): HandoffRef | null => {
  if (typeof value !== 'string' || value.length > 2_000) return null;
  let said: unknown;
  try {
    said = JSON.parse(value);
  } catch {
    return null;
  }
  const { of, id, entry } = fieldsOf(said);
  if ((of !== 'lead' && of !== 'account') || typeof id !== 'string' || id === '') return null;
  return Number.isSafeInteger(entry) ? { of, id, entry: Number(entry) } : null;
};

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
