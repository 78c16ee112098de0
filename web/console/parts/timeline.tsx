import { useState } from 'preact/hooks';
import type { TimelineEntry } from '../../../core/view.ts';
import { dateTime } from '../words.ts';
import { detail } from './detail.ts';

const named = (entry: TimelineEntry): string => entry.name || entry.type;

/** What happened, newest first; an event that counts for nothing says why. */
export function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  const [shown, show] = useState(30);
  return (
    <>
      <ol class="timeline">
        {entries.slice(0, shown).map((entry) => (
          <li key={entry.id} class={entry.suspected ? 'suspected' : undefined}>
            <time>{dateTime(entry.at)}</time>
            <details>
              <summary>
                <b>{named(entry)}</b> <span>{detail(entry.properties)}</span>
                {entry.suspected && <em>counts for nothing: {entry.suspected}</em>}
              </summary>
              <pre>{JSON.stringify(entry.properties, null, 2)}</pre>
            </details>
          </li>
        ))}
      </ol>
      {entries.length > shown && <button onClick={() => show(shown + 100)}>Show earlier ones</button>}
    </>
  );
}
