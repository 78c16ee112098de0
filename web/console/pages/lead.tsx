import { useEffect } from 'preact/hooks';
import { useLocation, useRoute } from 'preact-iso';
import type { LeadPage as Lead } from '../../../core/view/lead.ts';
import { getLead } from '../api.ts';
import { Band, bands, Gauge, refreshBands } from '../parts/band.tsx';
import { AdjustButton, ByHand } from '../parts/by-hand.tsx';
import { EraseButton } from '../parts/erase.tsx';
import { Handed } from '../parts/handed.tsx';
import { Facts } from '../parts/facts.tsx';
import { Products } from '../parts/products.tsx';
import { Reasons, Week } from '../parts/reasons.tsx';
import { ScoreChart } from '../parts/score-chart.tsx';
import { Sent } from '../parts/sent.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { Waterfall } from '../parts/waterfall.tsx';
import { Shown, useResource, useTitle } from '../resource.tsx';
import { ago, called, dateTime, plain, wholePoints } from '../words.ts';

const scoreOf = ({ scores, total }: Lead, name: string): number => {
  const score = name === 'total' ? total : scores[name];
  return typeof score === 'object' ? Math.max(0, ...Object.values(score)) : (score ?? 0);
};

function Company({ lead: { account, attributes } }: { lead: Lead }) {
  const name = plain(account?.attributes['name']) || plain(attributes['company']) || account?.id;
  if (!name) return null;
  return account?.addedUp ? <a href={`/accounts/${encodeURIComponent(account.id)}`}>{name}</a> : <>{name}</>;
}

function Head({ lead, then, reload }: { lead: Lead; then: boolean; reload: () => void }) {
  const title = plain(lead.attributes['title']);
  const measured = scoreOf(lead, lead.bandsOf);
  return (
    <header class="head card">
      <div class="who-is">
        <h1>{called(lead)}</h1>
        <p>
          {title && <span>{title}</span>}
          <Company lead={lead} />
          {lead.email && lead.name && <a href={`mailto:${lead.email}`}>{lead.email}</a>}
        </p>
        {!then && <AdjustButton lead={lead} reload={reload} />}
        {!then && <Handed of={lead} now={lead.at} reload={reload} />}
      </div>
      <div class="standing">
        <p class="points">
          <b>{wholePoints(lead.total)}</b> <Band name={lead.band} />{' '}
          {lead.qualified && <span class="pill qualified">qualified</span>}
        </p>
        <Gauge points={measured} among={bands.value} />
        <Facts
          of={[
            [`In ${lead.band} since`, dateTime(lead.bandSince)],
            ['Grade', lead.grade],
            ['Group', lead.group],
            ['Qualified', lead.qualified ? 'Yes' : 'No'],
            ['Last active', lead.lastActivity ? ago(lead.lastActivity, lead.at) : 'never'],
          ]}
        />
        {lead.forecast && <p class="forecast">{lead.forecast}</p>}
        {lead.challenger && <Challenger of={lead.challenger} />}
      </div>
    </header>
  );
}

/** What the rules that are tried beside the live ones make of the lead. */
const Challenger = ({ of }: { of: NonNullable<Lead['challenger']> }) => (
  <p class="muted">
    The challenger would say {wholePoints(of.total)}, {of.band}
    {of.qualified ? ', qualified' : ''}. It changes nothing.
  </p>
);

function Known({ lead }: { lead: Lead }) {
  const rows = [
    ...Object.entries(lead.attributes).map(([name, value]) => ({ of: 'lead', name, value })),
    ...Object.entries(lead.account?.attributes ?? {}).map(([name, value]) => ({
      of: 'account',
      name,
      value,
    })),
  ];
  if (rows.length === 0) return <p class="muted">Nothing yet: they have not said who they are.</p>;
  return (
    <table class="known">
      <tbody>
        {rows.map(({ of, name, value }) => (
          <tr key={`${of} ${name}`}>
            <th scope="row">{of === 'account' ? `Account: ${name}` : name}</th>
            <td>{plain(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Asks for the page as it was on a day. */
function LookBack({ lead }: { lead: Lead }) {
  const { route } = useLocation();
  const there = `/leads/${encodeURIComponent(lead.id)}`;
  return (
    <label class="look-back">
      As it was on{' '}
      <input
        type="date"
        // Today is not over: that is the page itself.
        max={new Date(lead.at - 86_400_000).toISOString().slice(0, 10)}
        onChange={({ currentTarget: { value } }) =>
          route(value === '' ? there : `${there}?at=${value}T23:59:59Z`)
        }
      />
    </label>
  );
}

function Lead({ lead, then, reload }: { lead: Lead; then: boolean; reload: () => void }) {
  useTitle(called(lead));
  return (
    <div class="page lead">
      {then && (
        <p class="card whole" role="status">
          As it was on {dateTime(lead.at)}, by the rules that were live then.{' '}
          <a href={`/leads/${encodeURIComponent(lead.id)}`}>See it now</a>
        </p>
      )}
      <Head lead={lead} then={then} reload={reload} />
      <section class="card half">
        <h2>Why this one</h2>
        <Reasons lead={lead} />
      </section>
      <section class="card half">
        <h2>Why now: the last 7 days</h2>
        <Week lead={lead} />
      </section>
      <div class="column">
        <section class="card">
          <h2>Every point</h2>
          <Waterfall lead={lead} />
        </section>
        <section class="card">
          <h2>Timeline</h2>
          <Timeline entries={lead.timeline} now={lead.at} />
        </section>
      </div>
      <div class="column">
        <section class="card">
          <h2>Score over time</h2>
          <ScoreChart points={lead.history} />
          <LookBack lead={lead} />
        </section>
        <Products lead={lead} />
        <ByHand lead={lead} reload={reload} />
        <section class="card">
          <h2>Mails and handoffs</h2>
          <Sent mails={lead.mails} of={lead} now={lead.at} />
        </section>
        <section class="card">
          <h2>What we know</h2>
          <Known lead={lead} />
          {!then && <EraseButton lead={lead} />}
        </section>
      </div>
    </div>
  );
}

/** One lead: where they stand, why, how it came, and what was sent to them. */
export default function LeadPage() {
  const id = useRoute().params['id'] ?? '';
  const then = useLocation().query['at'];
  useEffect(() => void refreshBands(), []);
  const found = useResource(`lead ${id} ${then ?? ''}`, () => getLead(id, then), 10_000);
  return (
    <Shown of={found}>{(lead) => <Lead lead={lead} then={then !== undefined} reload={found.reload} />}</Shown>
  );
}
