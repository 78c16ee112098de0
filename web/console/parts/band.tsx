import { signal } from '@preact/signals';
import type { BandCount } from '../../../core/view/lead.ts';
import { listBands } from '../api.ts';

/** A step of something that is measured in points. */
export type BandStep = Pick<BandCount, 'name' | 'enter' | 'leave'>;

/** The bands of the live rules, lowest first; asked for once a page, so that every part colours them alike. */
export const bands = signal<readonly BandCount[]>([]);

let asked: { readonly at: number; readonly answer: Promise<void> } | null = null;

/** Parts of a page that ask within a second share one answer. A failure leaves what is known: it costs colours, not the page. */
export function refreshBands(): Promise<void> {
  if (asked === null || performance.now() - asked.at > 1000) {
    const answer = listBands().then(
      (known) => void (bands.value = known),
      () => void (asked = null),
    );
    asked = { at: performance.now(), answer };
  }
  return asked.answer;
}

/** Colours from cold to hot. */
const COLOURS = 5;

/** The class that gives a band its colour, by its place among the bands. */
export function bandClass(name: string | null, among: readonly BandStep[] = bands.value): string {
  const place = among.findIndex((band) => band.name === name);
  if (place < 0) return 'band-none';
  const share = among.length > 1 ? place / (among.length - 1) : 1;
  return `band-${Math.round(share * (COLOURS - 1))}`;
}

export const Band = ({ name, among }: { name: string; among?: readonly BandStep[] }) => (
  <span class={`pill ${bandClass(name, among ?? bands.value)}`}>{name}</span>
);

/** How far along something is: its points on the way through the bands. */
export function Gauge({ points, among }: { points: number; among: readonly BandStep[] }) {
  const highest = among.at(-1)?.enter ?? 0;
  const from = Math.min(0, points);
  const to = Math.max(points, highest * 1.3, 1);
  const place = (value: number): number => ((Math.max(from, value) - from) / (to - from)) * 100;
  const next = among.find((band) => band.enter > Math.round(points));
  const told = next ? `${next.enter - Math.round(points)} points below ${next.name}` : 'in the highest band';
  return (
    <div class="gauge" role="img" aria-label={`${Math.round(points)} points, ${told}`}>
      <div class="zones">
        {among.map((band, n) => (
          <span
            key={band.name}
            class={bandClass(band.name, among)}
            style={{ width: `${place(among[n + 1]?.enter ?? to) - (n === 0 ? 0 : place(band.enter))}%` }}
          >
            <em>{band.name}</em>
          </span>
        ))}
      </div>
      <i style={{ left: `${place(points)}%` }} />
      <small>{next ? `${next.enter - Math.round(points)} to ${next.name}` : ''}</small>
    </div>
  );
}
