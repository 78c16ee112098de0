import type { LeadSummary } from '../../../core/view/lead.ts';
import { ago, called, shortDate, spoken, wholePoints } from '../words.ts';
import { Band } from './band.tsx';

const scoreOf = (score: LeadSummary['scores'][string] | undefined): string => {
  if (score === undefined) return '';
  if (typeof score === 'number') return String(wholePoints(score));
  const best = Object.entries(score).sort((a, b) => b[1] - a[1])[0];
  return best ? `${best[0]} ${wholePoints(best[1])}` : '';
};

const isKeyed = (leads: readonly LeadSummary[], name: string): boolean =>
  leads.some((lead) => typeof lead.scores[name] === 'object');

/**
 * What a lead turns into by itself, by the first of these that changes.
 * @example coming({ ...lead, band: 'warm' }, { ...next, band: 'cold' }) // 'cold'
 */
export function coming(lead: LeadSummary, next: NonNullable<LeadSummary['nextChange']>): string {
  if (next.band !== lead.band) return next.band;
  if (next.qualified !== lead.qualified) return next.qualified ? 'qualified' : 'not qualified';
  if (next.group !== lead.group) return next.group ?? `not ${lead.group}`;
  return `grade ${next.grade}`;
}

/** What rules may leave out has no column. */
interface Has {
  readonly grade: boolean;
  readonly group: boolean;
}

function Row({
  lead,
  columns,
  has,
  now,
}: {
  lead: LeadSummary;
  columns: readonly string[];
  has: Has;
  now: number;
}) {
  return (
    <tr>
      <th scope="row">
        <a class="who" href={`/leads/${encodeURIComponent(lead.id)}`}>
          {called(lead)}
        </a>
        <small>{lead.name ? lead.email : lead.email ? '' : lead.id}</small>
      </th>
      <td class="number total">{wholePoints(lead.total)}</td>
      <td>
        <Band name={lead.band} />
      </td>
      {columns.map((name) => (
        <td key={name} class={typeof lead.scores[name] === 'object' ? 'key-cell' : 'number'}>
          {scoreOf(lead.scores[name])}
        </td>
      ))}
      {has.grade && <td>{lead.grade}</td>}
      {has.group && <td>{lead.group}</td>}
      <td>{lead.qualified ? <span class="pill qualified">yes</span> : ''}</td>
      <td>{lead.lastActivity ? ago(lead.lastActivity, now) : ''}</td>
      <td>{lead.nextChange ? `${coming(lead, lead.nextChange)} on ${shortDate(lead.nextChange.at)}` : ''}</td>
    </tr>
  );
}

/** Leads with their scores, in the order given. @param now what "ago" counts from, UTC milliseconds */
export function LeadTable({ leads, now }: { leads: readonly LeadSummary[]; now: number }) {
  const columns = [...new Set(leads.flatMap((lead) => Object.keys(lead.scores)))];
  const has = {
    grade: leads.some(({ grade }) => grade !== null),
    group: leads.some(({ group }) => group !== null),
  };
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Leads">
      <table class="list leads">
        <thead>
          <tr>
            <th scope="col">Lead</th>
            <th scope="col" class="number">
              Total
            </th>
            <th scope="col">Band</th>
            {columns.map((name) => (
              <th key={name} scope="col" class={isKeyed(leads, name) ? undefined : 'number'}>
                {spoken(name)}
              </th>
            ))}
            {has.grade && <th scope="col">Grade</th>}
            {has.group && <th scope="col">Group</th>}
            <th scope="col">Qualified</th>
            <th scope="col">Last active</th>
            <th scope="col">If nothing happens</th>
          </tr>
        </thead>
        <tbody>
          {leads.map((lead) => (
            <Row key={lead.id} lead={lead} columns={columns} has={has} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
