import type { LeadList, LeadPage } from '../core/view/lead.ts';
import { webAddress } from './arguments.ts';
import { Refusal } from './io.ts';
import { reach, signIn } from './sign-in.ts';

/** Where the running product is, and as whom to ask it: options of every command that does. */
export const REACHED = {
  url: {
    type: 'string',
    default: 'http://127.0.0.1:4700',
    valueHint: 'URL',
    description: 'Where the product runs',
  },
  token: {
    type: 'string',
    valueHint: 'JWT',
    description: 'A console token (or KINDLING_TOKEN); the local product gives one itself',
  },
} as const;

/** The running product's API, as the console uses it. */
export interface Api {
  /** Null where there is no such thing. */
  readonly get: <T>(path: string) => Promise<T | null>;
  /** What the product says to what somebody did; a refusal is told as it is. */
  readonly post: <T>(path: string, body: unknown) => Promise<T>;
  /** As `post`, with DELETE. */
  readonly remove: <T>(path: string, body: unknown) => Promise<T>;
}

/** Signs in, unless a token is given. */
export async function openApi(args: {
  readonly url: string;
  readonly token?: string | undefined;
}): Promise<Api> {
  const url = webAddress(args.url).replace(/\/$/, '');
  const token = args.token ?? process.env['KINDLING_TOKEN'] ?? (await signIn(url));
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await reach(url + path, { ...init, headers });
    if (response.status === 401) throw new Refusal('the console token is not valid any more');
    return response;
  };
  const act = async <T>(method: string, path: string, body: unknown): Promise<T> => {
    const response = await ask(path, { method, body: JSON.stringify(body) });
    if (!response.ok) throw new Refusal((await saidBy(response)).slice(2) || `it answers ${response.status}`);
    return (await response.json()) as T;
  };
  return {
    get: async <T>(path: string) => {
      const response = await ask(path);
      if (response.status === 404) return null;
      if (response.status === 410) throw new Refusal((await saidBy(response)).slice(2));
      if (!response.ok) throw new Refusal(`${url} answers ${response.status}${await saidBy(response)}`);
      return (await response.json()) as T;
    },
    post: (path, body) => act('POST', path, body),
    remove: (path, body) => act('DELETE', path, body),
  };
}

/** The page of the lead with this id, e-mail address or user id, or the only one whose name begins so. @param at a query, or '' */
export async function findLead({ get }: Api, lead: string, at = ''): Promise<LeadPage> {
  const page = await get<LeadPage>(`/api/leads/${encodeURIComponent(lead)}${at}`);
  if (page) return page;
  const list = await get<LeadList>(`/api/leads?q=${encodeURIComponent(lead)}&limit=5`);
  const [only, ...others] = list?.leads ?? [];
  if (!only) throw new Refusal(`nobody is called "${lead}"`);
  if (others.length > 0) {
    const names = [only, ...others].map(({ email, name, id }) => email ?? name ?? id);
    throw new Refusal(`"${lead}" may be ${names.join(', ')}; give the whole address`);
  }
  const found = await get<LeadPage>(`/api/leads/${encodeURIComponent(only.id)}${at}`);
  if (!found) throw new Refusal(`"${lead}" has just been merged; ask again`);
  return found;
}

const saidBy = async (response: Response): Promise<string> => {
  const body = (await response.json().catch(() => ({}))) as { readonly error?: unknown };
  return typeof body.error === 'string' ? `: ${body.error}` : '';
};
