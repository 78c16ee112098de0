import { expect, test } from 'vitest';
import type { HandoffRecord } from '../../../core/handoff/handoff.ts';
import { handoffMessage, type SlackLinks } from '../../../core/handoff/slack.ts';
import { slackText } from '../../../core/handoff/slack-text.ts';

const LINKS: SlackLinks = {
  ref: { of: 'lead', id: '1', entry: 1 },
  page: 'https://k.example/leads/1',
  reasons: { 'too-small': 'Company too small' },
  answer: null,
  at: () => 'then',
};
const HOSTILE = '<!channel> <https://evil.example|your bank> & *bold* `code`\n> quote';
const record = (text: string): HandoffRecord => ({
  entry: 1,
  at: 0,
  state: 'open',
  owner: { name: text, email: 'o@example.com' },
  ruleset: 'r',
  brief: {
    name: text,
    email: text,
    company: text,
    title: text,
    phone: text,
    country: text,
    band: text,
    grade: null,
    group: null,
    total: 71,
    scores: [{ name: 'fit', points: 20 }],
    reasons: [{ sentence: text, why: text, points: 3 }],
    timeline: [{ at: 0, text }],
    products: [text],
  },
});
/** Every text that Slack reads as mrkdwn. */
const mrkdwn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  if ('type' in value && value.type === 'mrkdwn' && 'text' in value) return [String(value.text)];
  return Object.values(value).flatMap(mrkdwn);
};

test('nothing that a stranger wrote calls a channel, becomes a link or begins a line', () => {
  const message = handoffMessage(record(HOSTILE), LINKS);
  const texts = [...mrkdwn(message.blocks), message.text];
  expect(texts.length).toBeGreaterThan(5);
  for (const text of texts) {
    expect(text).not.toMatch(/[<>]/);
    expect(text).not.toMatch(/&(?!amp;|lt;|gt;)/);
    expect(text).not.toContain('*bold*');
    expect(text).not.toContain('`code`');
  }
});

test('plain words stay as they are', () => {
  expect(slackText('Søren & Co, 3 > 2')).toBe('Søren &amp; Co, 3 &gt; 2');
});

test('texts of any length stay within what Slack takes', () => {
  const { blocks } = handoffMessage(record('&<x>'.repeat(5_000)), LINKS);
  expect(blocks.length).toBeLessThanOrEqual(50);
  for (const text of mrkdwn(blocks)) expect(text.length).toBeLessThanOrEqual(3_000);
  expect(JSON.stringify(blocks[0]).length).toBeLessThan(400);
});

test('a lead of whom little is known makes a message without empty parts', () => {
  const { brief, ...rest } = record('x');
  const bare = {
    ...brief,
    name: null,
    email: null,
    company: null,
    title: null,
    phone: null,
    country: null,
    reasons: [],
    timeline: [],
    products: [],
  };
  const { blocks, text } = handoffMessage({ ...rest, brief: bare }, LINKS);
  expect(text).toContain('A lead is ready for sales');
  expect(blocks.map((block) => (block as { type: string }).type)).toEqual([
    'header',
    'section',
    'section',
    'actions',
  ]);
});
