import { ErrorBoundary, lazy, useLocation } from 'preact-iso';
import type { JourneyView } from '../../../core/view/journey.ts';
import { listJourneys } from '../api.ts';
import { Facts } from '../parts/facts.tsx';
import { Shown, useResource, useTitle } from '../resource.tsx';
import { counted, date, spoken } from '../words.ts';

// The layout of graphs is the largest part of the console.
const Drawing = lazy(() => import('../parts/drawing.tsx'));

/** Ends whose names do not say by themselves what they are. */
const ENDED: Readonly<Record<string, string>> = {
  condition: 'Stopped by a condition',
  goal: 'Reached the goal',
};

function Counts({ journey: { counts, holdOut, effect: said } }: { journey: JourneyView }) {
  const { begun, running, earlier, ended, effect, since, more } = counts;
  return (
    <>
      <Facts
        of={[
          ['On the way', String(running)],
          ['On an earlier version', earlier === 0 ? null : String(earlier)],
          ['Began', `${begun}${more ? '+' : ''}`],
          ...Object.entries(ended)
            .sort((a, b) => b[1] - a[1])
            .map(([why, n]): [string, string] => [ENDED[why] ?? spoken(why), String(n)]),
          ['Held out', holdOut === null ? null : `${effect.heldOut.leads} (${holdOut})`],
        ]}
      />
      <p class="muted">
        {said ??
          (effect.taken.leads > 0
            ? `${effect.taken.qualified} of ${counted(effect.taken.leads, 'lead')} that took it qualified since.`
            : 'Nobody has begun it yet.')}
        {since !== null && ` Counted since ${date(since)}.`}
      </p>
    </>
  );
}

function Journey({ journey }: { journey: JourneyView }) {
  const { name, about, retired, goals, stops, graph, counts } = journey;
  return (
    <section class="card journey">
      <h2>
        {spoken(name)} {retired && <span class="pill">retired: nobody new begins</span>}
      </h2>
      {about !== null && <p>{about}</p>}
      <Counts journey={journey} />
      {goals.length > 0 && <p>Goal: {goals.join(', or ')}.</p>}
      {stops.length > 0 && <p>Ends before its next step when: {stops.join(', or ')}.</p>}
      <ErrorBoundary>
        <div class="scroll" tabIndex={0} role="region" aria-label={`${spoken(name)}, drawn`}>
          <Drawing graph={graph} name={spoken(name)} at={counts.at} />
        </div>
      </ErrorBoundary>
    </section>
  );
}

function Journeys({ journeys }: { journeys: readonly JourneyView[] }) {
  const asked = useLocation().query['journey'];
  const chosen = journeys.find(({ name }) => name === asked) ?? journeys[0];
  if (!chosen) return <p class="empty">The rules have no journeys.</p>;
  return (
    <>
      <nav aria-label="Journeys" class="choices">
        {journeys.map(({ name, counts }) => (
          <a
            key={name}
            href={`/journeys?journey=${encodeURIComponent(name)}`}
            aria-current={name === chosen.name ? 'page' : undefined}
          >
            {spoken(name)} <small>{counted(counts.running, 'lead')} on the way</small>
          </a>
        ))}
      </nav>
      <Journey key={chosen.name} journey={chosen} />
    </>
  );
}

/** The journeys of the live rules: what happens in them, who is on the way, and what came of it. */
export default function JourneysPage() {
  useTitle('Journeys');
  const found = useResource('journeys', listJourneys, 15_000);
  return (
    <div class="page">
      <h1 class="unseen">Journeys</h1>
      <Shown of={found}>{(journeys) => <Journeys journeys={journeys} />}</Shown>
    </div>
  );
}
