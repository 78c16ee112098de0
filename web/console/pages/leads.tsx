import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { listLeads } from '../api.ts';
import { BandTabs } from '../parts/band-tabs.tsx';
import { bands, refreshBands } from '../parts/band.tsx';
import { LeadTable } from '../parts/lead-table.tsx';
import { Shown, useResource, useTitle } from '../resource.tsx';

function Search({ q }: { q: string }) {
  const { route } = useLocation();
  const search = (event: SubmitEvent): void => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget as HTMLFormElement).get('q');
    const text = typeof typed === 'string' ? typed.trim() : '';
    route(text ? `/?q=${encodeURIComponent(text)}` : '/');
  };
  return (
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
  );
}

const FIRST = `'{"type":"track","event":"Demo Booked","userId":"ada","traits":{"email":"ada@difference.example"}}'`;

/** What to do next where nothing has come in yet. */
const FirstEvent = () => (
  <div class="empty">
    <p>
      <b>No leads yet.</b> The first event makes one, and it shows here by itself. Send it with the server key
      that <code>npm start</code> printed, or that the deployed stack keeps as a secret:
    </p>
    <pre class="first">
      curl -u YOUR_SERVER_KEY: {location.origin}/v1/track -d {FIRST}
    </pre>
  </div>
);

function Nobody({ q, band }: { q: string; band: string }) {
  if (q) return <p class="empty">Nobody has the e-mail “{q}” or a name that begins so.</p>;
  return bands.value.some((each) => each.leads > 0) ? (
    <p class="empty">No lead is {band} now.</p>
  ) : (
    <FirstEvent />
  );
}

/** Leads by band, warmest first, and a search by exact e-mail or by the beginning of a name. */
export default function LeadsPage() {
  const { query } = useLocation();
  const q = query['q'] ?? '';
  // Where nobody is hot yet, the warmest band that has somebody is what one wants to see.
  const warmest = bands.value.findLast((each) => each.leads > 0) ?? bands.value.at(-1);
  const band = query['band'] ?? (q ? '' : (warmest?.name ?? ''));
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  const cursor = cursors.at(-1) ?? null;
  useTitle(q || (query['band'] ?? 'Leads'));
  useEffect(() => setCursors([null]), [band, q]);
  const found = useResource(
    `${band}|${q}|${cursor ?? ''}`,
    async () => {
      const known = refreshBands();
      // Which band is the warmest has to be known first; its leads are then asked for by its name.
      if (!band && !q) {
        await known;
        if (bands.value.length > 0) return new Promise<never>(() => undefined);
      }
      return listLeads({ band, q, cursor });
    },
    5000,
  );
  return (
    <div class="page">
      <h1 class="unseen">Leads</h1>
      <div class="bar">
        <BandTabs
          among={bands.value.map((each) => ({ ...each, count: each.leads }))}
          chosen={band}
          href={(name) => `/?band=${encodeURIComponent(name)}`}
        />
        <Search q={q} />
      </div>
      <Shown of={found}>
        {({ leads, at, cursor: next }) => (
          <>
            {leads.length ? <LeadTable leads={leads} now={at} /> : <Nobody q={q} band={band} />}
            {(cursors.length > 1 || next) && (
              <p class="pager">
                <button
                  type="button"
                  disabled={cursors.length < 2}
                  onClick={() => setCursors(cursors.slice(0, -1))}
                >
                  Previous
                </button>
                <button type="button" disabled={!next} onClick={() => setCursors([...cursors, next])}>
                  Next
                </button>
              </p>
            )}
          </>
        )}
      </Shown>
    </div>
  );
}
