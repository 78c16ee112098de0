import type { BandCount, LeadPage } from '../../../core/view.ts';
import { dateTime, signed, spoken, wholePoints } from '../words.ts';
import { bandColour, bands } from './band.tsx';
import { detail } from './detail.ts';
import { type Step, waterfallSteps } from './waterfall-steps.ts';

const WIDTH = 400;
const HEIGHT = 22;

interface Scale {
  readonly x: (points: number) => number;
  readonly thresholds: readonly BandCount[];
}

function scaleOf(steps: readonly Step[]): Scale {
  const ends = steps.flatMap((step) => [step.from, step.to]);
  const low = Math.min(0, ...ends);
  const reach = Math.max(1, ...ends);
  // The next threshold above the total is shown too: how far there is to go is part of the answer.
  const next = bands.value.find((band) => band.enter > reach)?.enter ?? reach;
  const high = Math.max(reach, next) * 1.04;
  const x = (points: number): number => ((points - low) / (high - low)) * WIDTH;
  return { x, thresholds: bands.value.filter((band) => band.enter > low && band.enter <= high) };
}

function Bar({ step, scale }: { step: Step; scale: Scale }) {
  const left = Math.min(scale.x(step.from), scale.x(step.to));
  const width = Math.max(1.5, Math.abs(scale.x(step.to) - scale.x(step.from)));
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {scale.thresholds.map((band) => (
        <line
          key={band.name}
          class="threshold"
          x1={scale.x(band.enter)}
          x2={scale.x(band.enter)}
          y1="0"
          y2={HEIGHT}
          style={{ stroke: bandColour(band.name) }}
        />
      ))}
      <rect
        class={step.kind === 'contribution' ? (step.to >= step.from ? 'gain' : 'loss') : step.kind}
        x={left}
        y="3"
        width={width}
        height={HEIGHT - 6}
        rx="2"
      />
    </svg>
  );
}

function Opened({ step, lead }: { step: Step; lead: LeadPage }) {
  const contribution = step.contribution;
  if (!contribution) return <p>{step.note}</p>;
  const events = new Map(lead.timeline.map((entry) => [entry.id, entry]));
  const known = contribution.events.flatMap((id) => events.get(id) ?? []).toReversed();
  return (
    <div class="opened">
      <p>{contribution.sentence}</p>
      <p class="why">
        <span>Why this rule:</span> {contribution.why}
      </p>
      {known.length > 0 && (
        <ul>
          {known.slice(0, 20).map((entry) => (
            <li key={entry.id}>
              <time>{dateTime(entry.at)}</time> {entry.name} <code>{detail(entry.properties)}</code>
            </li>
          ))}
          {known.length > 20 && <li>and {known.length - 20} earlier ones</li>}
        </ul>
      )}
      {known.length === 0 && <p class="muted">Comes from who they are, not from an event.</p>}
    </div>
  );
}

/** Why a lead has its score: every contribution a bar, opening to its events and its rule's reason. */
export function Waterfall({ lead }: { lead: LeadPage }) {
  const steps = waterfallSteps(lead);
  const scale = scaleOf(steps);
  return (
    <div class="waterfall">
      {steps.map((step, n) =>
        step.kind === 'score' || step.kind === 'total' ? (
          <div key={n} class={`row ${step.kind}`}>
            <span>{spoken(step.label)}</span>
            <Bar step={step} scale={scale} />
            <b>{wholePoints(step.to - step.from)}</b>
          </div>
        ) : (
          <details key={n}>
            <summary class="row">
              <span>{spoken(step.label)}</span>
              <Bar step={step} scale={scale} />
              <b>{signed(step.to - step.from)}</b>
            </summary>
            <Opened step={step} lead={lead} />
          </details>
        ),
      )}
      <p class="legend">
        {scale.thresholds.map((band) => (
          <span key={band.name} style={{ '--pill': bandColour(band.name) }}>
            {band.name} from {band.enter}
          </span>
        ))}
      </p>
    </div>
  );
}
