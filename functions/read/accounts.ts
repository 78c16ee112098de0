import type { Account } from '../../core/accounts/account-projection.ts';
import { accountAttributes } from '../../core/engine/attributes.ts';
import type { Accounts as AccountRules } from '../../core/schema/accounts.ts';
import { type Band, bandsOf } from '../../core/engine/standing.ts';
import { qualifiedInWords, rollUpInWords } from '../../core/explain/account.ts';
import type { AccountList, AccountPage, AccountSummary } from '../../core/view/account.ts';
import { keysOf, standingOf } from '../accounts/project.ts';
import { Invalid, NotFound } from '../errors.ts';
import type { Current } from './current.ts';
import { reasonsNow } from './handoffs.ts';
import { LOOKED_AT, summaryOf } from './list.ts';
import type { ReadPorts } from './ports.ts';

/** An id is what a sender calls its accounts, in bytes as ingest takes them. */
const MAX_ID = 256;

/**
 * Accounts by what their people came to when they were last added up, the highest first: the newest 500 of a band, or
 * of all bands from the highest down.
 */
export const listAccounts = async (
  { rulesets, accountDirectory }: ReadPorts,
  { band }: { readonly band?: string },
): Promise<AccountList> => {
  const rules = (await rulesets.live()).scoring.accounts;
  if (rules === undefined) return { bands: [], accounts: [] };
  const bands = bandsIn(rules);
  const names = bands.length === 0 ? [''] : bands.map(({ name }) => name);
  if (band !== undefined && band !== '' && !names.includes(band))
    throw new Invalid(`no band of accounts is called ${band.slice(0, 64)}`);
  const byBand = await Promise.all(
    names.map(async (name) => ({ name, ids: await accountDirectory.newest(name, LOOKED_AT + 1) })),
  );
  const wanted = band ? byBand.filter(({ name }) => name === band) : byBand.toReversed();
  const ids = [...new Set(wanted.flatMap((each) => each.ids))].slice(0, LOOKED_AT);
  const measured = measuredBy(rules);
  return {
    bands: bands.map(({ name, enter, leave }, place) => {
      const { length } = byBand[place]?.ids ?? [];
      return { name, enter, leave, accounts: Math.min(length, LOOKED_AT), more: length > LOOKED_AT };
    }),
    accounts: (await accountDirectory.read(ids))
      .map(accountSummaryOf)
      .sort((a, b) => (b.numbers[measured] ?? 0) - (a.numbers[measured] ?? 0) || (a.id < b.id ? -1 : 1)),
  };
};

/** One account: what its people come to now, and who they are. */
export const readAccount = async (ports: ReadPorts, current: Current, id: string): Promise<AccountPage> => {
  const account = Buffer.byteLength(id) > MAX_ID ? null : await ports.rolledUp.read(id);
  const live = await ports.rulesets.live(account?.epoch);
  const rules = live.scoring.accounts;
  if (account === null || rules === undefined) throw new NotFound('there is no such account');
  const now = Math.max(ports.clock.now(), account.asOf);
  const [{ ids, whole }, said, handoffs] = await Promise.all([
    membersOf(ports, id),
    ports.accounts.history(id),
    ports.sent.handoffsOfAccount(id),
  ]);
  const members = (await ports.directory.read(ids)).filter(
    (lead) => lead.into === undefined && lead.account === id && lead.standing !== null,
  );
  const people = await current.evaluate(members, live, now);
  const leads = members.flatMap((lead, place) => {
    const evaluation = people[place];
    return evaluation === undefined ? [] : [summaryOf(lead, evaluation)];
  });
  const summary = {
    ...accountSummaryOf(account),
    // Of a company too large to be added up for a page what was added up last is shown.
    ...(whole ? nowOf(rules, account, people, now) : {}),
  };
  return {
    ...summary,
    ...inRules(rules, summary),
    attributes: accountAttributes(said.events, now),
    leads: leads.sort((a, b) => b.total - a.total || (a.id < b.id ? -1 : 1)),
    handoffs,
    reasons: await reasonsNow(ports),
  };
};

/** What the rules say of an account's numbers, and of where they take it. */
const inRules = (
  rules: AccountRules,
  { band, people, numbers }: Pick<AccountSummary, 'band' | 'people' | 'numbers'>,
): Pick<AccountPage, 'bands' | 'bandsOf' | 'rollUps' | 'why'> => {
  const { rollup, bands } = rules.account;
  return {
    bands: bandsIn(rules).map(({ name, enter, leave }) => ({ name, enter, leave })),
    bandsOf: bands?.of ?? null,
    rollUps: Object.fromEntries(Object.entries(rollup).map(([name, each]) => [name, rollUpInWords(each)])),
    why: qualifiedInWords(rules, { band, people, number: numbers[bands?.of ?? ''] ?? 0 }),
  };
};

const nowOf = (
  rules: AccountRules,
  { place }: Account,
  people: Parameters<typeof standingOf>[1],
  now: number,
): Pick<AccountSummary, 'numbers' | 'keys' | 'members' | 'people' | 'asOf'> => {
  const { numbers, people: active } = standingOf(rules, people, place?.band ?? null);
  return { numbers, keys: keysOf(rules, people), members: people.length, people: active, asOf: now };
};

const membersOf = async (
  { rolledUp }: Pick<ReadPorts, 'rolledUp'>,
  accountId: string,
): Promise<{ ids: readonly string[]; whole: boolean }> => {
  const ids: string[] = [];
  for await (const page of rolledUp.members(accountId)) {
    ids.push(...page);
    if (ids.length > LOOKED_AT) break;
  }
  return { ids: ids.slice(0, LOOKED_AT), whole: ids.length <= LOOKED_AT };
};

const bandsIn = ({ account }: AccountRules): readonly Band[] =>
  account.bands === undefined ? [] : bandsOf(account.bands);

/** The number that an account's place in a list goes by. */
const measuredBy = ({ account }: AccountRules): string =>
  account.bands?.of ?? Object.keys(account.rollup)[0] ?? '';

const accountSummaryOf = (account: Account): AccountSummary => {
  const { id, name, place, since, numbers, keys, members, people, asOf } = account;
  const { band, qualified } = place ?? { band: null, qualified: false };
  return { id, name, band, since, qualified, numbers, keys, members, people, asOf };
};
