import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HandoffRecord } from '../../../core/handoff/handoff.ts';
import type { AccountBrief } from '../../../core/accounts/account-handoff.ts';
import { newAccount } from '../../../core/accounts/account-projection.ts';
import { newLead } from '../../../core/lead.ts';
import { tableAccounts } from '../../../functions/aws/accounts.ts';
import { tableHandoffWeeks } from '../../../functions/aws/handoff-weeks.ts';
import { accountPk } from '../../../functions/aws/keys.ts';
import { tableLeads } from '../../../functions/aws/leads.ts';
import { tableRolledUp } from '../../../functions/aws/rolled-up.ts';
import { tableRulesets } from '../../../functions/aws/rulesets.ts';
import { tableHandoffs } from '../../../functions/handoffs/handoffs.ts';
import { createMorning, type MorningPorts } from '../../../functions/handoffs/morning.ts';
import { tableMornings, whoIs } from '../../../functions/handoffs/mornings.ts';
import { tableRulesetParts } from '../../../functions/journeys/rulesets.ts';
import { loggedStandings } from '../../../functions/journeys/standings.ts';
import { loadFiles } from '../../../rulefiles/load.ts';
import { memoryFolder } from '../../rulefiles/memory-folder.ts';
import { publishIn } from '../publishing/publisher.ts';
import { startTable, type TestTable } from '../table.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Thursday. */
const EIGHT = Date.parse('2026-05-14T08:00:00Z');
const SHARDS = { due: 1, band: 1 };

const MAIL =
  '---\nsubject: Call\n---\n<mjml><mj-body><mj-section><mj-column><mj-text>Call</mj-text></mj-column></mj-section></mj-body></mjml>';

const FILES = {
  'settings.yaml': 'sender: { email: hello@lantern.example }\n',
  'scores/engagement.yaml': `
score: engagement
rules:
  pricing: { why: Prices are for buyers., when: { event: page, path: /pricing }, points: 10, half_life: 7d }
`,
  'bands.yaml':
    'total: { sum: { engagement: 1 } }\nbands: { cold: 0, hot: 15 }\nqualified: { band: [hot] }\n',
  'accounts.yaml': `
account:
  from: [account.id, email-domain]
  rollup: { engagement: { sum: engagement } }
  bands: { of: engagement, quiet: 0, surging: 15 }
  qualified: { band: [surging] }
`,
  'handoff.yaml': `
owners: [{ when: { lead.country: SE }, name: Sofia, email: Sofia@lantern.example }]
default: { name: Asha, email: asha@lantern.example, time_zone: Asia/Kolkata }
`,
  'emails/handoff.mjml': MAIL,
  'emails/account-handoff.mjml': MAIL,
  'emails/morning.mjml':
    '---\nsubject: Today\n---\n<mjml><mj-body><mj-section><mj-column><mj-text>{{ morning.day }}</mj-text></mj-column></mj-section></mj-body></mjml>',
};

let store: TestTable;
let now = EIGHT;
let ports: MorningPorts;
const started: { readonly name: string; readonly input: unknown }[] = [];
beforeAll(async () => {
  store = await startTable();
  const { table } = store;
  const clock = { now: () => now };
  const loaded = await loadFiles(memoryFolder(FILES));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  await publishIn(table, loaded.value, clock.now);
  const leads = tableLeads(table, SHARDS);
  const rulesets = tableRulesets(table, clock);
  const accounts = tableAccounts(table, clock);
  for (const [id, email, state, looks] of [
    ['cool', 'sofia@lantern.example', 'open', [EIGHT - 10 * DAY]],
    ['keen', 'sofia@lantern.example', 'accepted', [EIGHT - 10 * DAY, EIGHT - 3 * HOUR]],
    ['over', 'sofia@lantern.example', 'closed', [EIGHT - HOUR]],
    ['else', 'sales@lantern.example', 'open', [EIGHT - HOUR]],
  ] as const) {
    const standing = { band: 'hot', grade: null, group: null, qualified: true };
    await leads.commit(
      {
        ...newLead(id, EIGHT - 20 * DAY, { users: [], emails: [`${id}@beta.example`] }),
        standing,
        account: id === 'else' ? null : 'beta.example',
        version: 1,
      },
      0,
    );
    for (const at of looks) {
      const event = {
        id: `${id}-${at}`,
        type: 'page',
        name: 'page',
        occurredAt: at,
        properties: { path: '/pricing' },
      };
      await leads.put(id, { event: event as never, sentAs: new Date(at).toISOString() }, null);
    }
    const record = {
      entry: 1,
      at: EIGHT - 9 * DAY,
      state,
      owner: { name: 'x', email },
      ruleset: 'r',
      brief: { name: id },
    };
    await tableHandoffs(table).open(id, record as unknown as HandoffRecord);
  }
  const rolledUp = tableRolledUp(table, SHARDS);
  const beta = {
    ...newAccount('beta.example'),
    place: { band: 'surging', qualified: true },
    since: EIGHT - HOUR,
    version: 1,
  };
  await rolledUp.commit(beta, 0);
  for (const [entry, email] of [
    [1, 'sofia@lantern.example'],
    [2, 'sofia@lantern.example'],
    [3, 'sales@lantern.example'],
  ] as const)
    await tableHandoffs<AccountBrief>(table, accountPk).open('beta.example', {
      entry,
      at: EIGHT - (4 - entry) * HOUR,
      state: entry === 1 ? 'closed' : 'open',
      owner: { name: 'x', email },
      ruleset: 'r',
      brief: { id: 'beta.example', name: 'Beta', industry: 'rail', people: [{ name: 'Ann' }] },
    } as unknown as HandoffRecord<AccountBrief>);
  ports = {
    leads,
    rolledUp,
    parts: tableRulesetParts(table, clock),
    rulesets,
    accounts,
    standings: loggedStandings(leads, rulesets, accounts),
    handoffWeeks: tableHandoffWeeks(table),
    mornings: tableMornings(table),
    executions: {
      start: (_, name, input) => {
        started.push({ name, input });
        return Promise.resolve();
      },
    },
    machine: 'morning',
    clock,
  };
});
afterAll(() => store.stop());

describe('the hourly look whose morning it is', () => {
  const who = whoIs('sofia@lantern.example');

  test('reads nothing but which rules are live where it is nobody’s', async () => {
    now = EIGHT - HOUR;
    const untouched = (): never => {
      throw new Error('looked at handoffs');
    };
    const quiet = {
      ...ports,
      handoffWeeks: { list: untouched },
      mornings: { find: untouched, keep: untouched },
    };
    expect(await createMorning(quiet)()).toEqual({ started: 0 });
  });

  test('keeps what is told before it is sent, by owner and day, however often it is called', async () => {
    now = EIGHT;
    await Promise.all([createMorning(ports)(), createMorning(ports)()]);
    now = EIGHT + HOUR;
    await createMorning(ports)();
    expect(new Set(started.map(({ name }) => name))).toEqual(new Set([`morning-2026-05-14-${who}`]));
    expect(started[0]?.input).toEqual({ who, day: '2026-05-14' });
    expect(await ports.mornings.find(who, '2026-05-14')).toMatchObject({
      at: EIGHT,
      since: EIGHT - DAY,
      more: 0,
      leads: [
        { leadId: 'keen', total: 14, gained: 7, changed: ['Looked at /pricing'] },
        { leadId: 'cool', total: 4, gained: -3, changed: [] },
      ],
      // What its three people come to; that of an owner of another address is theirs.
      accounts: [
        {
          accountId: 'beta.example',
          entry: 2,
          state: 'open',
          name: 'Beta',
          band: 'surging',
          points: 27,
          gained: 12,
          people: ['Ann'],
          changed: [
            'Handed over to you',
            'Now surging',
            'over@beta.example: Looked at /pricing',
            'keen@beta.example: Looked at /pricing',
          ],
        },
      ],
    });
  });

  test('tells nobody who has nobody to call, and nobody on a Saturday', async () => {
    started.length = 0;
    // Half past two in the night is eight in Kolkata: the next full hour is theirs.
    now = Date.parse('2026-05-14T03:00:00Z');
    expect(await createMorning(ports)()).toEqual({ started: 0 });
    expect(await ports.mornings.find(whoIs('asha@lantern.example'), '2026-05-14')).toMatchObject({
      leads: [],
      accounts: [],
    });
    now = EIGHT + 2 * DAY;
    expect(await createMorning(ports)()).toEqual({ started: 0 });
    expect(started).toEqual([]);
  });
});
