import type { AccountHandoff } from '../../../core/accounts/account-handoff.ts';
import { accountBriefOf } from '../../../core/accounts/account-handoff.ts';
import type { Evaluation } from '../../../core/evaluation.ts';
import type { LeadEvent } from '../../../core/event.ts';
import { briefOf } from '../../../core/handoff/brief.ts';
import type { HandoffRecord } from '../../../core/handoff/handoff.ts';

/** What strangers call themselves. */
export const HOSTILE: Readonly<Record<string, string>> = {
  'calls a channel': '<!channel> <!here> <!everyone> <@U012AB3CD> <#C024BE7LR> @channel @here #general',
  'links by Slack’s marks': '<https://evil.example|your bank> https://evil.example/a',
  'marks of mrkdwn': '*bold* _it_ ~gone~ `code` ```block``` > quote\n> quote',
  'an emoji’s name': ':fire: :white_check_mark:',
  Markdown:
    '[your bank](https://evil.example) **bold** # head\n- item\n1. one ![x](https://evil.example/p.png)',
  'functions of cards': '{{DATE(2017-02-14T06:00:00Z,SHORT)}} ${name} @{triggerBody()} <at>all</at>',
  HTML: '<img src=x onerror=alert(1)><script>alert(1)</script></style></title><a href="javascript:alert(1)">x</a>',
  Liquid: '{{ 7 | times: 7 }}{% raw %}{% endraw %}{%- if x -%}',
  'lines of a header': 'Ann\r\nBcc: all@example.com\r\n\r\nbody\u2028line\u2029end\u0085next',
  'a turned direction': 'Ann\u202Egpj.exe\u202C \u2066x\u2069 \u200F\u061C',
  'what nobody sees': 'A\u200Bn\u00ADn\uFEFF \u2060B\u{E0041}erg',
  'nothing to see': '\u200B\u200E \u00AD',
  'control characters': 'A\u0000n\u0007n\u001B[31m\u007F',
  'half a character': 'Ann \uD83D',
  'ten kilobytes': '&<x>"\'*'.repeat(1_500),
  'ten kilobytes of emoji': '👩‍👩‍👧‍👦'.repeat(900),
  'an entity at the cut': `${'a'.repeat(146)}&&&&&&&&`,
  names: '__proto__ constructor toString null undefined',
};

const NOW = Date.parse('2026-05-14T10:00:00Z');

const evaluation = (text: string): Evaluation =>
  ({
    at: NOW,
    scores: { fit: 20, product: { [text]: 30, b: 1 } },
    total: 71,
    band: 'hot',
    grade: 'A',
    group: 'revenue',
    qualified: true,
    contributions: Array.from({ length: 8 }, (_, n) => ({
      score: 'fit',
      rule: `r${n}`,
      why: 'Because it is so.',
      points: 30 - n,
      events: [],
    })),
  }) as unknown as Evaluation;

const events = (text: string): LeadEvent[] =>
  Array.from(
    { length: 15 },
    (_, n) =>
      ({
        id: `e${n}`,
        type: n % 2 === 0 ? 'page' : 'track',
        name: n % 2 === 0 ? 'page' : text,
        occurredAt: NOW - n * 60_000,
        properties: { title: text, path: text, product: text, products: [text, { name: text }] },
      }) as unknown as LeadEvent,
  );

const attributes = (text: string) => ({
  lead: { name: text, email: text, title: text, phone: text, country: text, company: text },
  account: { name: text, industry: text, employees: text, country: text },
});

/** Somebody of whom everything is said by a stranger. */
export const hostileHandoff = (text: string): HandoffRecord => ({
  entry: 1,
  at: NOW,
  state: 'open',
  owner: { name: 'Freja Holm', email: 'freja@lantern.example' },
  ruleset: 'r',
  brief: briefOf(
    evaluation(text),
    events(text),
    attributes(text),
    ({ points }) => `${text}: ${points} points.`,
  ),
});

/** The same of a company. */
export const hostileAccount = (text: string): AccountHandoff => ({
  entry: 1,
  at: NOW,
  state: 'open',
  owner: { name: 'Freja Holm', email: 'freja@lantern.example' },
  ruleset: 'r',
  brief: accountBriefOf(
    {
      id: 'polar-rail.example',
      band: 'surging',
      numbers: { engagement: 140, product: 30 },
      keys: { product: { [text]: 30, b: 2 } },
      attributes: attributes(text).account,
    },
    Array.from({ length: 10 }, (_, n) => ({
      leadId: `l${n}`,
      evaluation: evaluation(text),
      attributes: attributes(text).lead,
      reason: text,
    })),
    3,
  ),
});
