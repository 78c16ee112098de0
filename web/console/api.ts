import type { BandCount, LeadList, LeadPage, QuarantineItem } from '../../core/view.ts';
import { forgetToken, signIn, token } from './session.ts';

/** A mail as the one-machine runtime keeps it. */
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

/** A Slack message as the one-machine runtime keeps it. */
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
    readonly url?: string;
  }[];
}

async function get<T>(path: string): Promise<T> {
  const held = token();
  if (!held) {
    await signIn();
    return new Promise<T>(() => undefined); // the page is leaving for the sign-in
  }
  const answer = await fetch(path, { headers: { authorization: `Bearer ${held}` } });
  if (answer.status === 401) {
    forgetToken();
    await signIn();
    return new Promise<T>(() => undefined);
  }
  if (answer.status === 404) throw new Error('There is no such lead.');
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return (await answer.json()) as T;
}

const query = (values: Record<string, string | null | undefined>): string => {
  const set = Object.entries(values).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return set.length ? `?${new URLSearchParams(set)}` : '';
};

export const listBands = async (): Promise<readonly BandCount[]> =>
  (await get<{ bands: BandCount[] }>('/api/bands')).bands;

export const listLeads = (by: { band?: string; q?: string; cursor?: string | null }): Promise<LeadList> =>
  get<LeadList>(`/api/leads${query(by)}`);

export const getLead = (id: string): Promise<LeadPage> =>
  get<LeadPage>(`/api/leads/${encodeURIComponent(id)}`);

export const listQuarantine = async (): Promise<readonly QuarantineItem[]> =>
  (await get<{ items: QuarantineItem[] }>('/api/quarantine')).items;

/** What stands in the local mailbox; null where this runs on AWS, which has none. */
async function local<T>(path: string): Promise<readonly T[] | null> {
  const answer = await fetch(path);
  const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
  return answer.ok && isJson ? ((await answer.json()) as T[]) : null;
}
export const listMail = (): Promise<readonly SentMail[] | null> => local<SentMail>('/_local/mail');
export const listSlack = (): Promise<readonly SlackMessage[] | null> => local<SlackMessage>('/_local/slack');
