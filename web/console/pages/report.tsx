import { useLocation } from 'preact-iso';
import type { HandoffFigures, HandoffReport } from '../../../core/report/handoffs.ts';
import { getReport } from '../api.ts';
import { Facts } from '../parts/facts.tsx';
import { type Column, WeekBars } from '../parts/week-bars.tsx';
import { Shown, useResource, useTitle } from '../resource.tsx';
import { counted, shortDate, spoken } from '../words.ts';

const WEEKS = [4, 12, 26, 52];
const MINUTE = 60_000;

/** @example lasting(5_400_000) // '1 h 30 min' */
const lasting = (ms: number): string => {
  const minutes = Math.round(ms / MINUTE);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
  return `${Math.floor(hours / 24)} d${hours % 24 === 0 ? '' : ` ${hours % 24} h`}`;
};
const percent = (share: number | null): string => (share === null ? '–' : `${Math.round(share * 100)} %`);

const shareOf = (share: number | null, of: number): string =>
  share === null ? 'none yet' : `${percent(share)} of ${of}`;

const told = (figures: HandoffFigures): string =>
  `${counted(figures.handoffs, 'handoff')}, ${figures.accepted} accepted, ${figures.won} won of ${figures.won + figures.lost}`;

const answersIn = (figures: HandoffReport['weeks'][number]): Column => ({
  label: shortDate(Date.parse(figures.week)),
  told: told(figures),
  parts: [
    { name: 'accepted', value: figures.accepted },
    { name: 'refused', value: figures.notNow + figures.notAFit },
    { name: 'awaited', value: figures.handoffs - figures.answered },
  ],
  share: null,
});
const dealsIn = (figures: HandoffReport['weeks'][number]): Column => ({
  label: shortDate(Date.parse(figures.week)),
  told: `${percent(figures.wonShare)} won of ${figures.won + figures.lost}`,
  parts: [
    { name: 'accepted', value: figures.won },
    { name: 'refused', value: figures.lost },
  ],
  share: figures.wonShare,
});

function Table({
  title,
  lines,
}: {
  title: string;
  lines: readonly (readonly [name: string, figures: HandoffFigures])[];
}) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={title}>
      <table class="list">
        <thead>
          <tr>
            <th scope="col">{title}</th>
            {[
              'Handoffs',
              'Answered',
              'Accepted',
              'Not now',
              'Not a fit',
              'Won',
              'Lost',
              'Won share',
              'Answer time',
            ].map((name) => (
              <th key={name} scope="col" class="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map(([name, of]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="number">{of.handoffs}</td>
              <td class="number">{of.answered}</td>
              <td class="number">
                {of.accepted} <small>{percent(of.acceptedShare)}</small>
              </td>
              <td class="number">{of.notNow}</td>
              <td class="number">{of.notAFit}</td>
              <td class="number">{of.won}</td>
              <td class="number">{of.lost}</td>
              <td class="number">{percent(of.wonShare)}</td>
              <td class="number">{of.answerTime === null ? '' : lasting(of.answerTime.median)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Report({ report }: { report: HandoffReport }) {
  const { total, weeks, byRule, byBand, reasons } = report;
  if (total.handoffs === 0)
    return (
      <p class="empty">
        No lead was handed to sales in these weeks; what sales says of those who are is counted here.
      </p>
    );
  return (
    <>
      <section class="card">
        <Facts
          of={[
            ['Handoffs', String(total.handoffs)],
            ['Accepted, of those answered', shareOf(total.acceptedShare, total.answered)],
            ['Won, of deals that ended', shareOf(total.wonShare, total.won + total.lost)],
            [
              'Answered within (half; nine of ten)',
              total.answerTime === null
                ? 'none yet'
                : `${lasting(total.answerTime.median)}; ${lasting(total.answerTime.p90)}`,
            ],
          ]}
        />
      </section>
      <section class="card">
        <h2>Handoffs by week</h2>
        <WeekBars title="Handoffs by week" columns={weeks.map(answersIn)} />
        <p class="key-line">
          <span class="accepted">accepted</span> <span class="refused">not now, not a fit</span>{' '}
          <span class="awaited">not answered yet</span>
        </p>
      </section>
      {total.won + total.lost > 0 && (
        <section class="card">
          <h2>Deals by the week of their handoff</h2>
          <WeekBars title="Deals by week" columns={weeks.map(dealsIn)} />
          <p class="key-line">
            <span class="accepted">won</span> <span class="refused">lost</span>{' '}
            <span class="share">won share</span>
          </p>
        </section>
      )}
      <Table
        title="By week"
        lines={weeks
          .filter(({ handoffs }) => handoffs > 0)
          .toReversed()
          .map((of) => [shortDate(Date.parse(of.week)), of])}
      />
      <Table title="By band" lines={byBand.map((of) => [of.band, of])} />
      <Table title="By rule that spoke for it" lines={byRule.map((of) => [spoken(of.rule), of])} />
      {reasons.length > 0 && (
        <section class="card">
          <h2>Why leads were not a fit</h2>
          <ul class="reasons">
            {reasons.map(({ reason, handoffs }) => (
              <li key={reason}>
                <b>{handoffs}</b> <span>{spoken(reason)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** What became of the handoffs: how many, how soon answered, accepted and won; by week, band and rule. */
export default function ReportPage() {
  const asked = Number(useLocation().query['weeks'] ?? 12);
  const weeks = WEEKS.includes(asked) ? asked : 12;
  useTitle('Report');
  const found = useResource(`report ${weeks}`, () => getReport(weeks), 30_000);
  return (
    <div class="page stack">
      <h1 class="unseen">Report</h1>
      <nav aria-label="How far back" class="choices">
        {WEEKS.map((each) => (
          <a key={each} href={`/report?weeks=${each}`} aria-current={each === weeks ? 'page' : undefined}>
            {each} weeks
          </a>
        ))}
      </nav>
      <Shown of={found}>{(report) => <Report report={report} />}</Shown>
    </div>
  );
}
