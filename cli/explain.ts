import { defineCommand } from 'citty';

import { type LeadList, type LeadPage } from '../core/view.ts';
import { instant, webAddress } from './arguments.ts';
import { type Io, Refusal } from './io.ts';
import { reach, signIn } from './sign-in.ts';

export const explain = defineCommand({
  meta: { name: 'explain', description: 'Say in words why a lead of the running product has its score' },
  args: {
    lead: {
      type: 'positional',
      required: true,
      description: 'An e-mail address, a lead id, or the beginning of a name',
    },
    at: { type: 'string', valueHint: 'ISO', description: 'As of this instant (default: now)' },
    url: {
      type: 'string',
      default: 'http://127.0.0.1:4700',
      valueHint: 'URL',
      description: 'Where the product runs',
    },
    token: {
      type: 'string',
      valueHint: 'JWT',
      description: 'A console token; the local product gives one itself',
    },
    json: { type: 'boolean', default: false, description: "Print the lead's page as JSON" },
  },
  run: async ({ args, data }) => {
    const io = data as Io;
    const url = webAddress(args.url).replace(/\/$/, '');
    const token = args.token ?? process.env['KINDLING_TOKEN'] ?? (await signIn(url));
    const at = args.at === undefined ? '' : `?at=${new Date(instant(args.at)).toISOString()}`;
    const ask = <T>(path: string): Promise<T | null> => get<T>(url, path, token);
    const page =
      (await ask<LeadPage>(`/api/leads/${encodeURIComponent(args.lead)}${at}`)) ??
      (await found(ask, args.lead, at));
    io.out(args.json ? `${JSON.stringify(page)}\n` : inWords(page));
    return 0;
  },
});

async function found(
  ask: <T>(path: string) => Promise<T | null>,
  lead: string,
  at: string,
): Promise<LeadPage> {
  const list = await ask<LeadList>(`/api/leads?q=${encodeURIComponent(lead)}&limit=5`);
  const [only, ...others] = list?.leads ?? [];
  if (!only) throw new Refusal(`nobody is called "${lead}"`);
  if (others.length > 0) {
    const names = [only, ...others].map(({ email, name, id }) => email ?? name ?? id);
    throw new Refusal(`"${lead}" may be ${names.join(', ')}; give the whole address`);
  }
  const page = await ask<LeadPage>(`/api/leads/${encodeURIComponent(only.id)}${at}`);
  if (!page) throw new Refusal(`"${lead}" has just been merged; ask again`);
  return page;
}

async function get<T>(url: string, path: string, token: string): Promise<T | null> {
  const response = await reach(url + path, { headers: { authorization: `Bearer ${token}` } });
  if (response.status === 404) return null;
  if (response.status === 401) throw new Refusal('the console token is not valid any more');
  if (!response.ok) throw new Refusal(`${url} answers ${response.status}`);
  return (await response.json()) as T;
}

function inWords(lead: LeadPage): string {
  const { name, email, id, band, total, grade, group, qualified, contributions, forecast } = lead;
  const who = [name, email].filter((part) => part !== null).join(', ') || id;
  const standing = [
    band,
    `${Math.round(total)} points`,
    grade && `grade ${grade}`,
    group,
    qualified && 'qualified',
  ];
  const given = contributions.toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points));
  return (
    `${who}: ${standing.filter((part) => part).join(', ')}\n\n` +
    given.map(({ sentence, why }) => `  ${sentence}\n    ${why}\n`).join('') +
    (forecast === null ? '' : `\n${forecast}\n`)
  );
}
