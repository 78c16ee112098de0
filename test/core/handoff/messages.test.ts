import { describe, expect, test } from 'vitest';
import { accountHandoffMessage } from '../../../core/accounts/slack-account.ts';
import type { Asked, HandoffRecord } from '../../../core/handoff/handoff.ts';
import { noteMessage } from '../../../core/handoff/slack-note.ts';
import { handoffMessage, type SlackLinks, type SlackMessage } from '../../../core/handoff/slack.ts';
import {
  accountCard,
  handoffCard,
  type Note,
  noteCard,
  type TeamsMessage,
} from '../../../core/handoff/teams-card.ts';
import { teamsProblems } from './adaptive-card.ts';
import { slackProblems } from './block-kit.ts';
import { HOSTILE, hostileAccount, hostileHandoff } from './hostile.ts';

const PAGE = 'https://kindling.example/leads/1';
const reasons = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`reason-${n}`, 'r'.repeat(75)]));
const answer = (ask: string): string => `https://kindling.example/h/${'t'.repeat(300)}?answer=${ask}`;
const at = (): string => '14 May 2026, 11:59';
const slackLinks = (links: Partial<SlackLinks> = {}): SlackLinks => ({
  ref: { of: 'lead', id: '1', entry: 1 },
  page: PAGE,
  reasons,
  answer: null,
  at,
  ...links,
});
const teamsLinks = { page: PAGE, answer, at };

const asked = (why: Asked['why'], name: string): Asked => ({
  owner: { name, email: `${name}@lantern.example` },
  at: 0,
  why,
});
const ASKED: readonly Asked[] = [asked('first', 'Freja'), asked('reminder', 'Freja'), asked('next', 'Aksel')];
const noteOf = (text: string): Note => ({
  text: 'Have a look.',
  name: text,
  email: text,
  company: text,
  band: 'hot',
});

/** Every message that is told of somebody with this name. */
const inSlack = (text: string): readonly SlackMessage[] => {
  const lead = hostileHandoff(text);
  const account = hostileAccount(text);
  const by = { what: 'accepted', by: text, at: 0 } as const;
  const ref = { of: 'account', id: text.slice(0, 200).toWellFormed(), entry: 1 } as const;
  return [
    handoffMessage(lead, slackLinks()),
    handoffMessage(lead, slackLinks({ answer })),
    handoffMessage({ ...lead, asked: ASKED }, slackLinks()),
    handoffMessage({ ...lead, state: 'accepted', answer: by }, slackLinks()),
    accountHandoffMessage(account, slackLinks({ ref })),
    accountHandoffMessage({ ...account, state: 'accepted', answer: by }, slackLinks()),
    noteMessage(noteOf(text), PAGE),
    noteMessage({ ...noteOf(text), text }, PAGE),
  ];
};
const inTeams = (text: string): readonly TeamsMessage[] => {
  const lead = hostileHandoff(text);
  return [
    handoffCard(lead, teamsLinks),
    handoffCard({ ...lead, asked: ASKED }, teamsLinks),
    accountCard(hostileAccount(text), teamsLinks),
    noteCard(noteOf(text), PAGE),
    noteCard({ ...noteOf(text), text }, PAGE),
  ];
};

/** Every value of this name, however deep. */
const all = (
  value: unknown,
  holds: (object: Record<string, unknown>) => boolean,
): Record<string, unknown>[] => {
  if (typeof value !== 'object' || value === null) return [];
  const object = value as Record<string, unknown>;
  return [...(holds(object) ? [object] : []), ...Object.values(object).flatMap((each) => all(each, holds))];
};
const UNSEEN = /[\u00AD\u061C\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]/u;

describe.each(Object.entries(HOSTILE))('somebody whose name %s', (_, text) => {
  test('makes messages that Slack takes', () => {
    for (const message of inSlack(text)) expect(slackProblems(message)).toEqual([]);
  });

  test('says nothing to Slack but text', () => {
    for (const message of inSlack(text)) {
      const marked = all(message.blocks, ({ type }) => type === 'mrkdwn');
      for (const { verbatim } of marked) expect(verbatim).toBe(true);
      for (const { emoji } of all(message.blocks, ({ type }) => type === 'plain_text'))
        expect(emoji).toBe(false);
      for (const said of [...marked.map(({ text: marks }) => String(marks)), message.text]) {
        expect(said).not.toMatch(/[<>]/);
        expect(said).not.toMatch(/&(?!amp;|lt;|gt;)/);
        expect(said).not.toMatch(UNSEEN);
        // Our own bold words stand alone on a line, or at its beginning; a mark of theirs is parted from what it marks.
        expect(said.replace(/^\*[^*\u200B]+\*/gm, '')).not.toMatch(/[*_~`](?!\u200B)/);
      }
    }
  });

  test('makes cards that Teams takes, whose texts know no Markdown', () => {
    for (const message of inTeams(text)) {
      expect(teamsProblems(message)).toEqual([]);
      for (const { text: said } of all(message, ({ type }) => type === 'TextRun')) {
        expect(String(said)).not.toMatch(/[\r\n\p{Cc}]|\{\{/u);
        expect(String(said)).not.toMatch(UNSEEN);
      }
    }
  });
});

describe('who is asked later', () => {
  const record: HandoffRecord = { ...hostileHandoff('Kim Berg'), asked: ASKED };

  test('reads in Slack and Teams why', () => {
    const said = 'Freja has not answered in time: now it is for Aksel.';
    expect(JSON.stringify(handoffMessage(record, slackLinks()))).toContain(said);
    expect(JSON.stringify(handoffCard(record, teamsLinks))).toContain(said);
    expect(JSON.stringify(handoffMessage({ ...record, state: 'accepted' }, slackLinks()))).not.toContain(
      said,
    );
  });

  test('the manager reads that nobody has, and who was asked', () => {
    const manager = { ...record, asked: [...ASKED, asked('manager', 'Bo')] };
    expect(JSON.stringify(handoffCard(manager, teamsLinks))).toContain(
      'Nobody has answered in time (Freja, Aksel): it is for Bo, or for whom they choose.',
    );
  });
});

test('an account without bands and numbers makes a message that Slack takes', () => {
  const { brief, ...rest } = hostileAccount('Beta');
  const bare = { ...brief, band: null, numbers: [], people: [], products: [], industry: null, more: 0 };
  const message = accountHandoffMessage({ ...rest, brief: bare }, slackLinks());
  expect(slackProblems(message)).toEqual([]);
});

test('a label in a card is parted from what it names', () => {
  const { inlines = [] } = all(handoffCard(hostileHandoff('Kim'), teamsLinks), ({ inlines: runs }) =>
    JSON.stringify(runs ?? '').includes('Company'),
  ).at(-1) as { inlines?: { text: string }[] };
  expect(inlines.map(({ text }) => text).join('')).toBe('Company: Kim');
});
