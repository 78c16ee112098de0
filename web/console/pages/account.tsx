import { useEffect } from 'preact/hooks';
import { useRoute } from 'preact-iso';
import type { AccountPage as Account } from '../../../core/view/account.ts';
import { getAccount } from '../api.ts';
import { Band, Gauge, refreshBands } from '../parts/band.tsx';
import { Facts } from '../parts/facts.tsx';
import { Handed } from '../parts/handed.tsx';
import { LeadTable } from '../parts/lead-table.tsx';
import { KeyBars } from '../parts/products.tsx';
import { Sent } from '../parts/sent.tsx';
import { Shown, useResource, useTitle } from '../resource.tsx';
import { counted, dateTime, plain, spoken, wholePoints } from '../words.ts';

function Head({ account, reload }: { account: Account; reload: () => void }) {
  const { name, id, band, bands, bandsOf, qualified, numbers, members, people, since, why } = account;
  const measured = bandsOf === null ? null : (numbers[bandsOf] ?? 0);
  return (
    <header class="head card">
      <div class="who-is">
        <h1>{name ?? id}</h1>
        <p>{name && <span>{id}</span>}</p>
        <Handed of={account} now={account.asOf} reload={reload} />
      </div>
      <div class="standing">
        <p class="points">
          {measured !== null && <b>{wholePoints(measured)}</b>} {band && <Band name={band} among={bands} />}{' '}
          {qualified && <span class="pill qualified">qualified</span>}
        </p>
        {measured !== null && <Gauge points={measured} among={bands} />}
        <Facts
          of={[
            ['People', counted(members, 'person', 'people')],
            ['Of them with points', String(people)],
            [band ? `In ${band} since` : 'Since', band ? dateTime(since) : null],
          ]}
        />
        {why && <p class="forecast">{why}</p>}
      </div>
    </header>
  );
}

function Numbers({ account }: { account: Account }) {
  return (
    <ul class="roll-up">
      {Object.entries(account.numbers).map(([name, points]) => (
        <li key={name}>
          <b>{wholePoints(points)}</b>
          <span>
            {spoken(name)}
            <small>{account.rollUps[name]}</small>
          </span>
          {account.keys[name] && Object.keys(account.keys[name]).length > 0 && (
            <KeyBars keys={account.keys[name]} />
          )}
        </li>
      ))}
    </ul>
  );
}

function Known({ account }: { account: Account }) {
  const known = Object.entries(account.attributes);
  if (known.length === 0) return <p class="muted">Nothing yet beside its people.</p>;
  return (
    <table class="known">
      <tbody>
        {known.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{plain(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Account({ account, reload }: { account: Account; reload: () => void }) {
  useTitle(account.name ?? account.id);
  return (
    <div class="page lead">
      <Head account={account} reload={reload} />
      <section class="card half">
        <h2>What its people come to</h2>
        <Numbers account={account} />
      </section>
      <div class="column half">
        <section class="card">
          <h2>Handoffs</h2>
          <Sent of={account} now={account.asOf} />
        </section>
        <section class="card">
          <h2>What we know</h2>
          <Known account={account} />
        </section>
      </div>
      <section class="whole">
        <h2>People</h2>
        {account.leads.length ? (
          <LeadTable leads={account.leads} now={account.asOf} />
        ) : (
          <p class="empty">Nobody belongs to it any more.</p>
        )}
      </section>
    </div>
  );
}

/** One company: what its people come to, who they are, and who got it. */
export default function AccountPage() {
  const id = useRoute().params['id'] ?? '';
  useEffect(() => void refreshBands(), []);
  const found = useResource(`account ${id}`, () => getAccount(id), 10_000);
  return <Shown of={found}>{(account) => <Account account={account} reload={found.reload} />}</Shown>;
}
