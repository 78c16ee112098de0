import type { Answer, Deal } from '../../core/handoff/handoff.ts';
import type { HandoffReport } from '../../core/report/handoffs.ts';
import type { Preview } from '../../core/mail/preview.ts';
import type { Progress } from '../../core/publish/progress.ts';
import type { AccountList, AccountPage } from '../../core/view/account.ts';
import type { ErasureDone, ErasurePreview } from '../../core/view/erasure.ts';
import type { QuarantineItem, Replayed, Taken } from '../../core/view/event.ts';
import type { HandoffItem, HandoffList, HeldList, Released } from '../../core/view/handoff.ts';
import type { JourneyView } from '../../core/view/journey.ts';
import type { BandCount, LeadList, LeadPage } from '../../core/view/lead.ts';
import type { EmailSummary, UnsettledMails } from '../../core/view/mail.ts';
import type { RulesetList } from '../../core/view/ruleset.ts';
import { forgetToken, signIn, token } from './session.ts';

/** What was asked for is not there, and asking again brings nothing. */
export class Missing extends Error {}

/** It was erased. */
export class Gone extends Missing {}

/** Never settles: the page is leaving for the sign-in. */
const leaving = <T>(): Promise<T> => new Promise<T>(() => undefined);

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const held = token();
  if (!held) {
    await signIn();
    return leaving();
  }
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${held}`);
  const answer = await fetch(path, { ...init, headers }).catch((cause: unknown) => {
    throw new Error('The server cannot be reached.', { cause });
  });
  if (answer.status === 401) {
    forgetToken();
    await signIn();
    return leaving();
  }
  if (answer.status === 404) throw new Missing(await refusal(answer));
  if (answer.status === 410) throw new Gone(await refusal(answer));
  if (!answer.ok) throw new Error(await refusal(answer));
  return answer;
}

/** What the server says of itself as a sentence; else its status. */
async function refusal(answer: Response): Promise<string> {
  const said = (await answer.json().catch(() => null)) as { error?: unknown } | null;
  const text = typeof said?.error === 'string' ? said.error : `the server answered ${answer.status}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

export const get = async <T>(path: string): Promise<T> => (await (await ask(path)).json()) as T;

/** @param once the same for every try of one deed, so that it is done once */
export const post = async <T>(path: string, body: unknown, once: string = crypto.randomUUID()): Promise<T> =>
  (await (
    await ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': once },
      body: JSON.stringify(body),
    })
  ).json()) as T;

const remove = async <T>(path: string, body: unknown): Promise<T> =>
  (await (
    await ask(path, {
      method: 'DELETE',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  ).json()) as T;

export const query = (values: Record<string, string | null | undefined>): string => {
  const set = Object.entries(values).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return set.length ? `?${new URLSearchParams(set)}` : '';
};

export const listBands = async (): Promise<readonly BandCount[]> =>
  (await get<{ bands: BandCount[] }>('/api/bands')).bands;

export const listLeads = (by: { band?: string; q?: string; cursor?: string | null }): Promise<LeadList> =>
  get<LeadList>(`/api/leads${query(by)}`);

/** @param at an ISO instant: as it was then, by the rules of then */
export const getLead = (id: string, at?: string): Promise<LeadPage> =>
  get<LeadPage>(`/api/leads/${encodeURIComponent(id)}${query({ at })}`);

export const previewErasure = (id: string): Promise<ErasurePreview> =>
  get<ErasurePreview>(`/api/leads/${encodeURIComponent(id)}/erasure`);

export const eraseLead = (id: string, reason: string): Promise<ErasureDone> =>
  remove<ErasureDone>(`/api/leads/${encodeURIComponent(id)}`, { reason });

export const listAccounts = (band: string): Promise<AccountList> =>
  get<AccountList>(`/api/accounts${query({ band })}`);

export const getAccount = (id: string): Promise<AccountPage> =>
  get<AccountPage>(`/api/accounts/${encodeURIComponent(id)}`);

export const adjust = (leadId: string, adjustment: object, once?: string): Promise<Taken> =>
  post<Taken>(`/api/leads/${encodeURIComponent(leadId)}/adjustments`, adjustment, once);

export const listQuarantine = async (): Promise<readonly QuarantineItem[]> =>
  (await get<{ items: QuarantineItem[] }>('/api/quarantine')).items;

export const replay = (items: readonly Pick<QuarantineItem, 'id'>[]): Promise<Replayed> =>
  post<Replayed>('/api/quarantine/replay', { items: items.map(({ id }) => ({ id })) });

export const listUnsettled = (): Promise<UnsettledMails> => get<UnsettledMails>('/api/mails?outcome=unknown');

export const decideOnMail = (id: string, decision: 'resend' | 'dismiss'): Promise<unknown> =>
  post(`/api/mails/${encodeURIComponent(id)}/${decision}`, {}, `${decision} ${id}`);

export const listJourneys = async (): Promise<readonly JourneyView[]> =>
  (await get<{ journeys: JourneyView[] }>('/api/journeys')).journeys;

export const listRulesets = (): Promise<RulesetList> => get<RulesetList>('/api/rulesets');

export const getRescore = (): Promise<Progress> => get<Progress>('/api/rescore');

export const listHeld = (): Promise<HeldList> => get<HeldList>('/api/held');

export const release = (handoffs: readonly string[]): Promise<Released> =>
  post<Released>('/api/held/release', { handoffs });

export const listHandoffs = (): Promise<HandoffList> => get<HandoffList>('/api/handoffs');

type Answered = Pick<HandoffItem, 'handoff' | 'state' | 'answer' | 'deal'>;

export const answerHandoff = (handoff: string, answer: Answer['what'], reason?: string): Promise<Answered> =>
  post<Answered>('/api/handoffs/answers', { handoff, answer, ...(reason === undefined ? {} : { reason }) });

export const closeDeal = (handoff: string, deal: Deal['what'], amount?: number): Promise<Answered> =>
  post<Answered>('/api/handoffs/deals', { handoff, deal, ...(amount === undefined ? {} : { amount }) });

export const getReport = (weeks: number): Promise<HandoffReport> =>
  get<HandoffReport>(`/api/report?weeks=${weeks}`);

export const listEmails = async (): Promise<readonly EmailSummary[]> =>
  (await get<{ emails: EmailSummary[] }>('/api/emails')).emails;

/** @param lead an id, or `known` and `unknown` for people who do not exist */
export const previewEmail = (name: string, lead: string, locale: string): Promise<Preview> =>
  get<Preview>(`/api/emails/${encodeURIComponent(name)}/preview${query({ lead, locale })}`);
