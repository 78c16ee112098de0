import { signal } from '@preact/signals';
import type { BandCount } from '../../../core/view.ts';
import { listBands } from '../api.ts';

/** The bands of the live rules, lowest first; asked for once a page, so that every part colours them alike. */
export const bands = signal<readonly BandCount[]>([]);

export async function refreshBands(): Promise<void> {
  bands.value = await listBands();
}

/** From cold to hot: a colour by the band's place among the bands. */
export function bandColour(name: string): string {
  const place = bands.value.findIndex((band) => band.name === name);
  if (place < 0) return 'var(--muted)';
  const share = bands.value.length > 1 ? place / (bands.value.length - 1) : 1;
  const steps = ['#4c7fb0', '#5f9ea0', '#d9a514', '#e8590c', '#c92a2a'];
  return steps[Math.round(share * (steps.length - 1))] ?? 'var(--muted)';
}

export const Band = ({ name }: { name: string }) => (
  <span class="pill" style={{ '--pill': bandColour(name) }}>
    {name}
  </span>
);
