import type { SlackMessage } from '../../core/handoff/slack.ts';
import type { Settled } from './claims.ts';

/** Milliseconds; Slack answers within one second. */
const TIMEOUT = 8_000;

/** The webhook's address as the secret holds it: empty or `none` where Slack is not used. */
export const webhookAddress = (secret: string): string | null => {
  const text = secret.trim();
  if (text === '' || text.toLowerCase() === 'none') return null;
  return /^https?:\/\//.test(text) ? text : null;
};

/** Posts to a Slack webhook, once. Never throws: without an answer the message may have arrived. */
export const postToSlack = async (address: string, message: SlackMessage): Promise<Settled> => {
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    await answer.body?.cancel();
    if (answer.ok) return { outcome: 'sent' };
    if (answer.status === 429) return { outcome: 'throttled', reason: 'status 429' };
    return { outcome: answer.status < 500 ? 'refused' : 'unknown', reason: `status ${answer.status}` };
  } catch (error) {
    return { outcome: 'unknown', reason: error instanceof Error ? error.name : 'Error' };
  }
};
