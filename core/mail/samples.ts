import type { AccountHandoff } from '../accounts/account-handoff.ts';
import type { HandoffRecord } from '../handoff/handoff.ts';
import type { JsonObject } from '../json.ts';
import type { Morning } from '../handoff/morning.ts';
import { ACCOUNT_HANDOFF_EMAIL, HANDOFF_EMAIL, MORNING_EMAIL } from '../nurture/mail-names.ts';
import {
  accountHandoffVariables,
  handoffVariables,
  journeyVariables,
  type Known,
  morningVariables,
  type Sender,
} from './variables.ts';

/** People who do not exist, to try mails with. */
export const SAMPLES = {
  /** Everything usual is known, and some of it is unkind to templates. */
  known: {
    lead: {
      firstName: 'Signe',
      lastName: 'Østergård',
      name: 'Signe Østergård',
      email: 'signe@polar-rail.example',
      title: 'Head of Operations',
      company: 'Polar Rail & Sons',
      phone: '+45 12 34 56 78',
      country: 'DK',
      city: 'Aarhus',
      industry: 'rail',
      employees: 240,
      locale: 'da-DK',
      timezone: 'Europe/Copenhagen',
      plan: 'trial',
    },
    account: {
      id: 'polar-rail.example',
      name: 'Polar Rail & Sons',
      domain: 'polar-rail.example',
      industry: 'rail',
      employees: 240,
      country: 'DK',
    },
  },
  /** Nothing but an address is known. */
  unknown: { lead: { email: 'somebody@nowhere.example' }, account: {} },
} as const satisfies Readonly<Record<string, Known>>;

const LINKS = {
  unsubscribe: 'https://kindling.example/u/sample',
  preferences: 'https://kindling.example/u/sample-topics',
};
const URL = 'https://kindling.example';
const SENDER: Sender = { name: 'Sender', email: 'sender@kindling.example', address: 'Street 1, City' };
/** 2026-05-14T10:00Z */
const AT = 1_778_752_800_000;
const OWNER = { name: 'Freja Holm', email: 'freja@kindling.example' };

const HANDOFF: HandoffRecord = {
  entry: 1,
  at: AT,
  state: 'open',
  owner: OWNER,
  ruleset: '',
  brief: {
    name: 'Signe Østergård',
    email: 'signe@polar-rail.example',
    company: 'Polar Rail & Sons',
    title: 'Head of Operations',
    phone: '+45 12 34 56 78',
    country: 'DK',
    band: 'hot',
    grade: 'A',
    group: 'revenue',
    total: 82,
    scores: [
      { name: 'fit', points: 20 },
      { name: 'engagement', points: 24 },
      { name: 'product', points: 38, keys: [{ name: 'planner', points: 38 }] },
    ],
    reasons: [
      { sentence: 'Booked a demo: 25 points.', why: 'They give us half an hour of their day.', points: 25 },
      {
        sentence: 'Looked at /pricing 3 times in the last two weeks: 18 points, fading.',
        why: 'Ten refreshes are not ten intentions.',
        points: 18,
      },
      {
        sentence: 'Title is Head of Operations: 15 points.',
        why: 'Somebody with a budget can say yes.',
        points: 15,
      },
      {
        sentence: 'Account employees is 240: 14 points.',
        why: 'Below fifty a spreadsheet does.',
        points: 14,
      },
      {
        sentence: 'Read the guide to planning shifts: 10 points, fading.',
        why: 'Who reads to the end has the problem.',
        points: 10,
      },
    ],
    timeline: [
      { at: AT - 60_000, text: 'Demo Booked: planner' },
      { at: AT - 3_600_000, text: 'Looked at /pricing' },
      { at: AT - 86_400_000, text: 'Clicked a link in our mail “trial”' },
    ],
    products: ['planner', 'insights'],
  },
};

const ACCOUNT_HANDOFF: AccountHandoff = {
  entry: 1,
  at: AT,
  state: 'open',
  owner: OWNER,
  ruleset: '',
  brief: {
    id: 'polar-rail.example',
    name: 'Polar Rail & Sons',
    country: 'DK',
    industry: 'rail',
    employees: '240',
    band: 'surging',
    numbers: [{ name: 'engagement', points: 140 }],
    people: [
      {
        leadId: 'sample',
        name: 'Signe Østergård',
        email: 'signe@polar-rail.example',
        title: 'Head of Operations',
        band: 'hot',
        total: 82,
        scores: [{ name: 'engagement', points: 24 }],
        reason: 'Booked a demo: 25 points.',
      },
    ],
    more: 2,
    products: [{ name: 'planner', points: 38 }],
  },
};

const MORNING: Morning = {
  owner: OWNER,
  at: AT,
  since: AT - 86_400_000,
  timeZone: 'UTC',
  leads: [
    {
      leadId: 'sample',
      entry: 1,
      state: 'open',
      name: 'Signe Østergård',
      email: 'signe@polar-rail.example',
      company: 'Polar Rail & Sons',
      title: 'Head of Operations',
      phone: '+45 12 34 56 78',
      band: 'hot',
      total: 82,
      gained: 31,
      changed: ['Handed over to you', 'Demo Booked: planner', 'Looked at /pricing'],
    },
    {
      leadId: 'sample-2',
      entry: 1,
      state: 'accepted',
      name: null,
      email: 'somebody@nowhere.example',
      company: null,
      title: null,
      phone: null,
      band: 'warm',
      total: 41,
      gained: -6,
      changed: [],
    },
  ],
  accounts: [
    {
      accountId: 'polar-rail.example',
      entry: 1,
      state: 'open',
      name: 'Polar Rail & Sons',
      industry: 'rail',
      band: 'surging',
      points: 140,
      gained: 52,
      people: ['Signe Østergård', 'Jens Holm'],
      changed: ['Handed over to you', 'Now surging', 'Jens Holm: Looked at /pricing'],
    },
  ],
  more: 2,
};

const FOR_SALES: readonly string[] = [HANDOFF_EMAIL, ACCOUNT_HANDOFF_EMAIL, MORNING_EMAIL];

/** Whether a mail goes to sales. */
export const isForSales = (name: string): boolean => FOR_SALES.includes(name);

/**
 * What a mail is filled in with to be looked at: this person for journeys' mails, a made-up handoff for those to sales.
 * @param name of the mail, without its locale
 */
export const sampleVariables = (
  name: string,
  person: Known,
  sender: Sender = SENDER,
  timeZone = 'UTC',
): JsonObject => {
  const answer = (ask: string): string => `${URL}/h/sample?answer=${ask}`;
  if (name === HANDOFF_EMAIL)
    return handoffVariables(HANDOFF, sender, `${URL}/leads/sample`, timeZone, answer);
  if (name === ACCOUNT_HANDOFF_EMAIL)
    return accountHandoffVariables(ACCOUNT_HANDOFF, sender, URL, timeZone, answer);
  if (name === MORNING_EMAIL) return morningVariables(MORNING, sender, URL);
  return journeyVariables(person, sender, LINKS);
};
