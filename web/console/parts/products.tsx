import type { ComponentChildren } from 'preact';
import type { LeadPage } from '../../../core/view/lead.ts';
import { signed, spoken, wholePoints } from '../words.ts';
import { Opened } from './waterfall.tsx';
import { given } from './waterfall-steps.ts';

/** Keys and their points as bars, the highest first. */
export function KeyBars({
  keys,
  open,
}: {
  keys: Readonly<Record<string, number>>;
  /** What a key's bar opens to. */
  open?: (key: string) => ComponentChildren;
}) {
  const sorted = Object.entries(keys).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const most = Math.max(1, ...sorted.map(([, points]) => points));
  const row = (key: string, points: number) => (
    <>
      <span title={key}>{key}</span>
      <i>
        <i style={{ width: `${(Math.max(0, points) / most) * 100}%` }} />
      </i>
      <b>{wholePoints(points)}</b>
    </>
  );
  return (
    <div class="keys">
      {sorted.map(([key, points]) =>
        open ? (
          <details key={key}>
            <summary class="key">{row(key, points)}</summary>
            {open(key)}
          </details>
        ) : (
          <div key={key} class="key">
            {row(key, points)}
          </div>
        ),
      )}
    </div>
  );
}

/** What a lead wants: each keyed score with its keys, each key opening to what gave its points. */
export function Products({ lead }: { lead: LeadPage }) {
  const keyed = Object.entries(lead.scores).flatMap(([name, score]) =>
    typeof score === 'number' || Object.keys(score).length === 0 ? [] : [{ name, keys: score }],
  );
  if (keyed.length === 0) return null;
  return (
    <>
      {keyed.map(({ name, keys }) => (
        <section key={name} class="card">
          <h2>
            {spoken(name)} <small>{name in lead.weights ? 'part of the total' : 'beside the total'}</small>
          </h2>
          <KeyBars
            keys={keys}
            open={(key) =>
              given(lead, name, key).map(({ step, points }, n) => (
                <div key={n} class="of-key">
                  <b>{signed(points)}</b>
                  <Opened step={step} lead={lead} />
                </div>
              ))
            }
          />
        </section>
      ))}
    </>
  );
}
