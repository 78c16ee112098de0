import { useLocation } from 'preact-iso';
import type { AccountList, AccountSummary } from '../../../core/view/account.ts';
import { listAccounts } from '../api.ts';
import { BandTabs } from '../parts/band-tabs.tsx';
import { Band, type BandStep } from '../parts/band.tsx';
import { Shown, useResource, useTitle } from '../resource.tsx';
import { counted, dateTime, spoken, wholePoints } from '../words.ts';

const best = (keys: Readonly<Record<string, number>>): string =>
  Object.entries(keys)
    .filter(([, points]) => wholePoints(points) > 0)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 2)
    .map(([key, points]) => `${key} ${wholePoints(points)}`)
    .join(', ');

function Row({
  account,
  columns,
  among,
}: {
  account: AccountSummary;
  columns: readonly string[];
  among: readonly BandStep[];
}) {
  return (
    <tr>
      <th scope="row">
        <a class="who" href={`/accounts/${encodeURIComponent(account.id)}`}>
          {account.name ?? account.id}
        </a>
        <small>{account.name ? account.id : ''}</small>
      </th>
      <td>{account.band && <Band name={account.band} among={among} />}</td>
      {columns.map((name) => {
        const keys = account.keys[name];
        return (
          <td key={name} class={keys ? 'key-cell' : 'number'}>
            {keys ? best(keys) : wholePoints(account.numbers[name] ?? 0)}
          </td>
        );
      })}
      <td>{counted(account.members, 'person', 'people')}</td>
      <td>{account.qualified ? <span class="pill qualified">yes</span> : ''}</td>
      <td>{account.band ? dateTime(account.since) : ''}</td>
    </tr>
  );
}

function Table({ list: { accounts, bands } }: { list: AccountList }) {
  const columns = [...new Set(accounts.flatMap((account) => Object.keys(account.numbers)))];
  const keyed = new Set(accounts.flatMap((account) => Object.keys(account.keys)));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Accounts">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">Account</th>
            <th scope="col">Band</th>
            {columns.map((name) => (
              <th key={name} scope="col" class={keyed.has(name) ? undefined : 'number'}>
                {spoken(name)}
              </th>
            ))}
            <th scope="col">People</th>
            <th scope="col">Qualified</th>
            <th scope="col">In its band since</th>
          </tr>
        </thead>
        <tbody>
          {accounts.map((account) => (
            <Row key={account.id} account={account} columns={columns} among={bands} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Companies by what their people come to. */
export default function AccountsPage() {
  const band = useLocation().query['band'] ?? '';
  useTitle('Accounts');
  const found = useResource(`accounts ${band}`, () => listAccounts(band), 10_000);
  return (
    <div class="page">
      <h1 class="unseen">Accounts</h1>
      <Shown of={found}>
        {(list) => (
          <>
            <div class="bar">
              <BandTabs
                among={list.bands.map((each) => ({ ...each, count: each.accounts }))}
                chosen={band}
                href={(name) => (name === band ? '/accounts' : `/accounts?band=${encodeURIComponent(name)}`)}
              />
            </div>
            {list.accounts.length ? (
              <Table list={list} />
            ) : (
              <p class="empty">
                {band
                  ? `No account is ${band} now.`
                  : 'No accounts yet: people make one by a group message or the domain of their address, where the rules have an accounts.yaml.'}
              </p>
            )}
          </>
        )}
      </Shown>
    </div>
  );
}
