import { useState } from 'preact/hooks';
import type { TimelineEntry } from '../../../core/view/lead.ts';
import { day, plain, spoken, time } from '../words.ts';
import { detail } from './detail.ts';

const FIRST = 40;

/** What happened, as one says it. */
function inWords(entry: TimelineEntry): string {
  if (entry.text !== null) return entry.text;
  switch (entry.type) {
    case 'identify':
      return `Told us ${Object.keys(entry.properties).map(spoken).join(', ').toLowerCase() || 'who they are'}`;
    case 'group':
      return `Belongs to ${plain(entry.properties['name'] ?? entry.properties['groupId'])}`;
    case 'alias':
      return 'Turned out to be one person';
    default:
      return spoken(entry.name || entry.type);
  }
}

interface Run {
  readonly text: string;
  readonly entries: readonly TimelineEntry[];
}

/** The same thing again and again on one day is one line. */
function runsOf(entries: readonly TimelineEntry[]): readonly Run[] {
  const runs: { text: string; entries: TimelineEntry[] }[] = [];
  for (const entry of entries) {
    const text = inWords(entry);
    const last = runs.at(-1);
    if (last?.text === text && last.entries[0]?.suspected === entry.suspected) last.entries.push(entry);
    else runs.push({ text, entries: [entry] });
  }
  return runs;
}

function Line({ run: { text, entries } }: { run: Run }) {
  const [newest] = entries;
  if (!newest) return null;
  const byHand = newest.name === 'score.adjusted';
  const said = newest.text === null && newest.type === 'track' ? detail(newest.properties) : '';
  return (
    <li class={newest.suspected ? 'suspected' : byHand ? 'by-hand' : undefined}>
      <time>{time(newest.at)}</time>
      <details>
        <summary>
          {byHand && <i class="hand" title="By hand" />}
          {text} {said !== '' && <span>{said}</span>}
          {entries.length > 1 && <b class="times">{entries.length} times</b>}
          {newest.suspected && <em>counts for nothing: {newest.suspected}</em>}
        </summary>
        {entries.map((entry) => (
          <div key={entry.id}>
            {entries.length > 1 && <small>{time(entry.at)}</small>}
            <pre>{JSON.stringify(entry.properties, null, 2)}</pre>
          </div>
        ))}
      </details>
    </li>
  );
}

/** What happened, day by day, newest first; an event that counts for nothing says why. @param now what "today" is */
export function Timeline({ entries, now }: { entries: readonly TimelineEntry[]; now: number }) {
  const [shown, show] = useState(FIRST);
  if (!entries.length) return <p class="muted">Nothing happened yet.</p>;
  const days = Map.groupBy(entries.slice(0, shown), (entry) => day(entry.at, now));
  return (
    <>
      {[...days].map(([name, of]) => (
        <section key={name} class="day">
          <h3>{name}</h3>
          <ol class="timeline">
            {runsOf(of).map((run) => (
              <Line key={run.entries[0]?.id} run={run} />
            ))}
          </ol>
        </section>
      ))}
      {entries.length > shown && (
        <button type="button" onClick={() => show(shown + 100)}>
          Show earlier ones
        </button>
      )}
    </>
  );
}
