import { describe, expect, test } from 'vitest';

import {
  accountBriefOf,
  type AccountHandoff,
  type KnownPerson,
} from '../../../core/accounts/account-handoff.ts';
import type { Evaluation } from '../../../core/evaluation.ts';
import { accountHandoffMessage } from '../../../core/accounts/slack-account.ts';

const evaluation = (total: number, engagement: number): Evaluation => ({
  at: 0,
  band: 'warm',
  grade: null,
  group: null,
  qualified: false,
  bandSince: 0,
  scores: { engagement, product: { planner: 20.4, insights: 3, board: 0.2 } },
  total,
  contributions: [],
  nextChange: null,
});
const person = (leadId: string, attributes: KnownPerson['attributes'], points: number): KnownPerson => ({
  leadId,
  evaluation: evaluation(points + 10, points),
  attributes,
  reason: points > 30 ? 'Looked at /pricing 3 times: 24 points' : null,
});
const acme = {
  id: 'acme.example',
  band: 'surging',
  numbers: { engagement: 60.5, product: 40.2 },
  keys: { product: { planner: 40.2, insights: 6, board: 0.4 } },
  attributes: { name: 'Acme <Steel>', industry: 'steel', employees: 220 },
};
const kim = person('l1', { firstName: 'Kim', lastName: 'Berg', title: 'CTO' }, 40);
const brief = accountBriefOf(acme, [kim, person('l2', { email: 'ida@acme.example' }, 20.5)], 3);

describe('what sales reads of an account', () => {
  test('names its people with their scores, in whole points', () => {
    expect(brief).toMatchObject({ name: 'Acme <Steel>', employees: '220', country: null, more: 3 });
    const keys = [
      { name: 'planner', points: 20 },
      { name: 'insights', points: 3 },
    ];
    expect(brief.people).toEqual([
      {
        leadId: 'l1',
        name: 'Kim Berg',
        email: null,
        title: 'CTO',
        band: 'warm',
        total: 50,
        scores: [
          { name: 'engagement', points: 40 },
          { name: 'product', points: 20, keys },
        ],
        reason: 'Looked at /pricing 3 times: 24 points',
      },
      expect.objectContaining({ email: 'ida@acme.example', total: 31, reason: null }),
    ]);
  });
  test('says what they want, without what rounds to nothing', () => {
    expect(brief.products).toEqual([
      { name: 'planner', points: 40 },
      { name: 'insights', points: 6 },
    ]);
  });
  test('calls an account without a name by its id', () => {
    expect(accountBriefOf({ ...acme, attributes: {} }, [], 0)).toMatchObject({
      name: 'acme.example',
      people: [],
    });
  });
});

describe('the handoff of an account in Slack', () => {
  const record: AccountHandoff = {
    entry: 1,
    at: 0,
    state: 'open',
    owner: { name: 'Noor', email: 'n@x.example' },
    ruleset: 'r',
    brief,
  };
  const links = {
    ref: { of: 'account', id: 'acme.example', entry: 1 },
    page: 'https://k.example/accounts/acme.example',
    reasons: { 'too-small': 'Company too small' },
    answer: null,
    at: () => 'then',
  } as const;
  const { text, blocks } = accountHandoffMessage(record, links);
  const all = JSON.stringify(blocks);

  test('names everybody, what they score and why, and how many more there are', () => {
    expect(text).toBe('Acme &lt;Steel&gt; is ready for sales: 5 people, surging');
    expect(all).toContain(
      'Kim Berg, CTO (warm, 50 points: engagement 40 · product 20 (planner 20, insights 3))',
    );
    expect(all).toContain('Looked at /pricing 3 times: 24 points');
    expect(all).toContain('• ida@acme.example (warm, 31 points');
    expect(all).toContain('… and 3 more');
    expect(all).toContain('planner (40), insights (6)');
    expect(all).toContain('https://k.example/accounts/acme.example');
  });
  test('lets no name become a mention or a link', () => {
    const named = { ...acme, attributes: { name: '<!channel>' } };
    const sly = accountBriefOf(named, [person('l1', { name: '<!here> *x*' }, 1)], 0);
    const told = accountHandoffMessage({ ...record, brief: sly }, links);
    const marked = told.blocks.filter((block) => (block as { type: string }).type !== 'header');
    expect(JSON.stringify(marked) + told.text).not.toMatch(/<!(channel|here)>/);
  });
});
