import { useEffect } from 'preact/hooks';
import { useRoute } from 'preact-iso';
import type { LeadPage as Lead } from '../../../core/view.ts';
import { getLead } from '../api.ts';
import { Band, refreshBands } from '../parts/band.tsx';
import { ScoreChart } from '../parts/score-chart.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { Waterfall } from '../parts/waterfall.tsx';
import { useResource } from '../resource.ts';
import { ago, dateTime, spoken, wholePoints } from '../words.ts';

const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);

function Head({ lead }: { lead: Lead }) {
  const title = text(lead.attributes['title']);
  const company =
    text(lead.account?.attributes['name']) || text(lead.attributes['company']) || (lead.account?.id ?? '');
  return (
    <header class="head">
      <div>
        <h1>{lead.name ?? lead.email ?? 'Anonymous visitor'}</h1>
        <p>
          {[title, company].filter(Boolean).join(' at ')}
          {lead.email && <a href={`mailto:${lead.email}`}>{lead.email}</a>}
        </p>
      </div>
      <dl>
        <div>
          <dt>Total</dt>
          <dd class="big">{wholePoints(lead.total)}</dd>
        </div>
        <div>
          <dt>Band, since {dateTime(lead.bandSince)}</dt>
          <dd>
            <Band name={lead.band} />
          </dd>
        </div>
        {lead.grade && (
          <div>
            <dt>Grade</dt>
            <dd>{lead.grade}</dd>
          </div>
        )}
        {lead.group && (
          <div>
            <dt>Group</dt>
            <dd>{lead.group}</dd>
          </div>
        )}
        <div>
          <dt>Qualified</dt>
          <dd>{lead.qualified ? 'Yes' : 'No'}</dd>
        </div>
        <div>
          <dt>Last active</dt>
          <dd>{lead.lastActivity ? ago(lead.lastActivity, lead.at) : 'never'}</dd>
        </div>
      </dl>
      {lead.forecast && <p class="forecast">{lead.forecast}</p>}
    </header>
  );
}

function Sent({ lead }: { lead: Lead }) {
  if (!lead.mails.length && !lead.handoffs.length) return <p class="muted">Nothing was sent.</p>;
  return (
    <ul class="sent">
      {lead.handoffs.map((handoff) => (
        <li key={`h${handoff.entry}`}>
          <time>{dateTime(handoff.at)}</time> Handed to {handoff.owner ?? 'sales'}{' '}
          <small>{handoff.state}</small>
        </li>
      ))}
      {lead.mails.map((mail, n) => (
        <li key={n}>
          <time>{dateTime(mail.at)}</time> {mail.subject ?? spoken(mail.email)}{' '}
          <small>
            {mail.journey ? `${mail.journey}, ` : ''}
            {mail.outcome}
          </small>
        </li>
      ))}
    </ul>
  );
}

function Known({ lead }: { lead: Lead }) {
  return (
    <table class="known">
      <tbody>
        {Object.entries(lead.attributes).map(([name, value]) => (
          <tr key={name}>
            <th>{spoken(name)}</th>
            <td>{text(value)}</td>
          </tr>
        ))}
        {lead.account &&
          Object.entries(lead.account.attributes).map(([name, value]) => (
            <tr key={`account ${name}`}>
              <th>Account: {spoken(name)}</th>
              <td>{text(value)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}

/** One lead: where they stand, why, how it came, and what was sent to them. */
export function LeadPage() {
  const id = useRoute().params['id'] ?? '';
  useEffect(() => void refreshBands(), []);
  const found = useResource(`lead ${id}`, () => getLead(id), 10_000);
  if (found.state === 'waiting') return <p class="empty">Loading …</p>;
  if (found.state === 'failed')
    return (
      <p class="empty" role="alert">
        {found.message}
      </p>
    );
  const lead = found.value;
  return (
    <div class="page lead">
      <Head lead={lead} />
      <div class="column">
        <section class="card">
          <h2>Why this score</h2>
          <Waterfall lead={lead} />
        </section>
        <section class="card">
          <h2>Timeline</h2>
          <Timeline entries={lead.timeline} />
        </section>
      </div>
      <div class="column">
        <section class="card">
          <h2>Score over time</h2>
          <ScoreChart points={lead.history} />
        </section>
        <section class="card">
          <h2>Mails and handoffs</h2>
          <Sent lead={lead} />
        </section>
        <section class="card">
          <h2>What we know</h2>
          <Known lead={lead} />
        </section>
      </div>
    </div>
  );
}
