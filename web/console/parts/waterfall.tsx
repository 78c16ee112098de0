import type { LeadPage } from '../../../core/view/lead.ts';
import { date, dateTime, signed, spoken, wholePoints } from '../words.ts';
import { bandClass, bands, type BandStep } from './band.tsx';
import { detail } from './detail.ts';
import { type Step, waterfallSteps } from './waterfall-steps.ts';

const WIDTH = 400;
const HEIGHT = 22;

interface Scale {
  readonly x: (points: number) => number;
  readonly thresholds: readonly BandStep[];
}

function scaleOf(steps: readonly Step[], bandsOf: string): Scale {
  const ends = steps.flatMap((step) => [step.from, step.to]);
  const low = Math.min(0, ...ends);
  const reach = Math.max(1, ...ends);
  // Thresholds of a score say nothing on a scale of the total.
  const among = bandsOf === 'total' ? bands.value : [];
  // The next threshold above the total is shown too: how far there is to go is part of the answer.
  const next = among.find((band) => band.enter > reach)?.enter ?? reach;
  const high = Math.max(reach, next) * 1.04;
  const x = (points: number): number => ((points - low) / (high - low)) * WIDTH;
  return { x, thresholds: among.filter((band) => band.enter > low && band.enter <= high) };
}

const colourOf = ({ kind, from, to }: Step): string =>
  kind === 'contribution' || kind === 'by-hand' ? `${to >= from ? 'gain' : 'loss'} ${kind}` : kind;

function Bar({ step, scale }: { step: Step; scale: Scale }) {
  const left = Math.min(scale.x(step.from), scale.x(step.to));
  const width = Math.max(1.5, Math.abs(scale.x(step.to) - scale.x(step.from)));
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {scale.thresholds.map((band) => (
        <line
          key={band.name}
          class={`threshold ${bandClass(band.name)}`}
          x1={scale.x(band.enter)}
          x2={scale.x(band.enter)}
          y1="0"
          y2={HEIGHT}
        />
      ))}
      <rect class={colourOf(step)} x={left} y="3" width={width} height={HEIGHT - 6} rx="2" />
    </svg>
  );
}

/** Who last changed a rule, and where it stands. */
function Origin({ of }: { of: NonNullable<LeadPage['contributions'][number]['origin']> | null }) {
  if (of === null) return null;
  const who = of.author === null ? '' : `, last changed by ${of.author}`;
  const when = of.at === null ? '' : ` on ${date(of.at)}`;
  return (
    <p class="muted">
      <code>
        {of.file}:{of.line}
      </code>
      {who}
      {when}
      {of.commit === null ? '' : ` in ${of.commit.slice(0, 8)}`}
    </p>
  );
}

/** What stands behind a step: the sentence, the rule's reason or the person's, and the events. */
export function Opened({ step, lead }: { step: Omit<Step, 'from' | 'to'>; lead: LeadPage }) {
  const { contribution, adjusted } = step;
  if (adjusted)
    return (
      <div class="opened">
        <p>{adjusted.sentence}</p>
        <p class="muted">On {dateTime(adjusted.at)}, by hand.</p>
      </div>
    );
  if (!contribution)
    return (
      <div class="opened">
        <p>{step.note}</p>
      </div>
    );
  const events = new Map(lead.timeline.map((entry) => [entry.id, entry]));
  const known = contribution.events.flatMap((id) => events.get(id) ?? []).toReversed();
  return (
    <div class="opened">
      <p>{contribution.sentence}</p>
      <p class="why">
        <span>Why this rule:</span> {contribution.why}
      </p>
      <Origin of={contribution.origin ?? null} />
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
  const scale = scaleOf(steps, lead.bandsOf);
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
          <details key={`${step.label} ${n}`}>
            <summary class="row">
              <span>
                {step.kind === 'by-hand' && <i class="hand" title="By hand" />}
                {step.kind === 'by-hand' ? step.label : spoken(step.label)}
              </span>
              <Bar step={step} scale={scale} />
              <b>{signed(step.to - step.from)}</b>
            </summary>
            <Opened step={step} lead={lead} />
          </details>
        ),
      )}
      <p class="legend">
        {scale.thresholds.map((band) => (
          <span key={band.name} class={bandClass(band.name)}>
            {band.name} from {band.enter}
          </span>
        ))}
      </p>
    </div>
  );
}
