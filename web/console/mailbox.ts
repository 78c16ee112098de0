/** What the one-machine runtime kept in place of sending it. */

/** A mail. */
export interface SentMail {
  readonly id?: string;
  readonly to: string | readonly string[];
  readonly from: string;
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly html: string;
  readonly at: string | number;
}

/** A Slack message. */
export interface SlackMessage {
  readonly blocks: readonly SlackBlock[];
  readonly text: string;
  readonly at: string | number;
}
export interface SlackText {
  readonly type: string;
  readonly text: string;
}
export interface SlackBlock {
  readonly type: string;
  readonly text?: SlackText;
  readonly fields?: readonly SlackText[];
  readonly elements?: readonly {
    readonly type: string;
    readonly text?: SlackText | string;
    readonly placeholder?: SlackText;
    readonly url?: string;
  }[];
}

/** A message to Microsoft Teams: an Adaptive Card. */
export interface TeamsMessage {
  readonly message: object;
  readonly at: string | number;
}

/** A call of a webhook. */
export interface WebhookCall {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly at: string | number;
}

/** What lies in a sink of this machine; null where this runs on AWS, which has none. */
async function local<T>(path: string): Promise<readonly T[] | null> {
  const answer = await fetch(path).catch((cause: unknown) => {
    throw new Error('The server cannot be reached.', { cause });
  });
  const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
  return answer.ok && isJson ? ((await answer.json()) as T[]) : null;
}
export const listMail = (): Promise<readonly SentMail[] | null> => local<SentMail>('/_local/mail');
export const listSlack = (): Promise<readonly SlackMessage[] | null> => local<SlackMessage>('/_local/slack');
export const listTeams = (): Promise<readonly TeamsMessage[] | null> => local<TeamsMessage>('/_local/teams');
export const listWebhooks = (): Promise<readonly WebhookCall[] | null> =>
  local<WebhookCall>('/_local/webhooks');
