import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { LeadSummary } from '../../../core/view.ts';
import { listLeads } from '../api.ts';
import { Band, bandColour, bands, refreshBands } from '../parts/band.tsx';
import { useResource } from '../resource.ts';
import { ago, date, spoken, wholePoints } from '../words.ts';

const scoreOf = (score: LeadSummary['scores'][string] | undefined): string => {
  if (score === undefined) return '';
  if (typeof score === 'number') return String(wholePoints(score));
  const best = Object.entries(score).sort((a, b) => b[1] - a[1])[0];
  return best ? `${best[0]} ${wholePoints(best[1])}` : '';
};

function LeadRow({ lead, columns, now }: { lead: LeadSummary; columns: readonly string[]; now: number }) {
  return (
    <tr>
      <td>
        <a class="who" href={`/leads/${encodeURIComponent(lead.id)}`}>
          {lead.name ?? lead.email ?? 'Anonymous visitor'}
        </a>
        <small>{lead.name ? lead.email : lead.email ? '' : lead.id}</small>
      </td>
      <td class="number total">{wholePoints(lead.total)}</td>
      <td>
        <Band name={lead.band} />
      </td>
      {columns.map((name) => (
        <td key={name} class="number">
          {scoreOf(lead.scores[name])}
        </td>
      ))}
      <td>{lead.grade}</td>
      <td>{lead.group}</td>
      <td>{lead.qualified ? <span title="Qualified: sales was told">✓</span> : ''}</td>
      <td>{lead.lastActivity ? ago(lead.lastActivity, now) : ''}</td>
      <td>{lead.nextChange ? `${lead.nextChange.band} on ${date(lead.nextChange.at)}` : ''}</td>
    </tr>
  );
}

function LeadTable({ leads, now }: { leads: readonly LeadSummary[]; now: number }) {
  const columns = [...new Set(leads.flatMap((lead) => Object.keys(lead.scores)))];
  return (
    <table class="leads">
      <thead>
        <tr>
          <th>Lead</th>
          <th class="number">Total</th>
          <th>Band</th>
          {columns.map((name) => (
            <th key={name} class="number">
              {spoken(name)}
            </th>
          ))}
          <th>Grade</th>
          <th>Group</th>
          <th title="Qualified">Qual.</th>
          <th>Last active</th>
          <th>If nothing happens</th>
        </tr>
      </thead>
      <tbody>
        {leads.map((lead) => (
          <LeadRow key={lead.id} lead={lead} columns={columns} now={now} />
        ))}
      </tbody>
    </table>
  );
}

/** Leads by band, warmest first, and a search by exact e-mail or by the beginning of a name. */
export function LeadsPage() {
  const { query, route } = useLocation();
  const q = query['q'] ?? '';
  // Where nobody is hot yet, the warmest band that has somebody is what one wants to see.
  const warmest = bands.value.findLast((each) => each.leads > 0) ?? bands.value.at(-1);
  const band = query['band'] ?? (q ? '' : (warmest?.name ?? ''));
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  const cursor = cursors.at(-1) ?? null;
  const key = `${band}|${q}|${cursor ?? ''}`;
  useEffect(() => void refreshBands(), []);
  useEffect(() => setCursors([null]), [band, q]);
  const found = useResource(
    key,
    () => {
      void refreshBands();
      return band || q
        ? listLeads({ band, q, cursor })
        : Promise.resolve({ at: Date.now(), leads: [], cursor: null });
    },
    5000,
  );
  const search = (event: SubmitEvent): void => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget as HTMLFormElement).get('q');
    const text = typeof typed === 'string' ? typed.trim() : '';
    route(text ? `/?q=${encodeURIComponent(text)}` : '/');
  };
  return (
    <div class="page">
      <div class="bar">
        <ul class="bands" aria-label="Bands">
          {bands.value.toReversed().map((each) => (
            <li key={each.name}>
              <a
                href={`/?band=${encodeURIComponent(each.name)}`}
                aria-current={each.name === band ? 'true' : undefined}
                style={{ '--pill': bandColour(each.name) }}
              >
                <b>
                  {each.leads}
                  {each.more ? '+' : ''}
                </b>
                <span>{each.name}</span>
                <small>from {each.enter}</small>
              </a>
            </li>
          ))}
        </ul>
        <form role="search" onSubmit={search}>
          <input
            key={q}
            type="search"
            name="q"
            defaultValue={q}
            placeholder="E-mail, or how a name begins"
            aria-label="Search by e-mail or beginning of a name"
          />
        </form>
      </div>
      {found.state === 'waiting' && <p class="empty">Loading …</p>}
      {found.state === 'failed' && (
        <p class="empty" role="alert">
          {found.message}
        </p>
      )}
      {found.state === 'ready' &&
        (found.value.leads.length ? (
          <LeadTable leads={found.value.leads} now={found.value.at} />
        ) : (
          <p class="empty">
            {q
              ? `Nobody has the e-mail “${q}” or a name that begins so.`
              : band
                ? `No lead is ${band} now.`
                : 'No leads yet. Send the first event; the README shows how.'}
          </p>
        ))}
      {found.state === 'ready' && (cursors.length > 1 || found.value.cursor) && (
        <p class="pager">
          <button disabled={cursors.length < 2} onClick={() => setCursors(cursors.slice(0, -1))}>
            Previous
          </button>
          <button disabled={!found.value.cursor} onClick={() => setCursors([...cursors, found.value.cursor])}>
            Next
          </button>
        </p>
      )}
    </div>
  );
}
