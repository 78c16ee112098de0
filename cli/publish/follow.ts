import { setTimeout as sleep } from 'node:timers/promises';

import type { Listed } from '../../core/publish/request.ts';
import type { Progress } from '../../core/publish/progress.ts';
import { type Io, styled } from '../io.ts';
import { steps } from '../progress.ts';
import { type Publisher } from './publisher.ts';

const SECOND = 1_000;
/** How often it is asked, ms. */
const EVERY = 2 * SECOND;
/** Of a log, which keeps every line, only so many looks say how far it is. */
const LOOKS_A_LINE = 15;

/** Shows how far the rescore is until it is done, or until somebody interrupts. */
export async function follow(publisher: Publisher, epoch: number, io: Io): Promise<number> {
  const progress = steps(io);
  let last: number | null = null;
  let state: Progress['state'] | null = null;
  try {
    for (let look = 0; ; look += 1) {
      const { now, rescore } = await publisher.ask<Listed>({ op: 'list' });
      if (rescore === null || rescore.epoch !== epoch) {
        progress.done();
        io.out('Another ruleset has gone live meanwhile: its own rescore goes on.\n');
        return 0;
      }
      if (rescore.state === 'done' || rescore.state === 'none') {
        progress.done();
        io.out(inWords(rescore, now, io));
        return rescore.failed > 0 ? 1 : 0;
      }
      if (rescore.state === 'waiting' && now === last) {
        progress.done();
        io.out('The clock of this product stands: the leads are brought to these rules once it goes on.\n');
        return 0;
      }
      last = now;
      if (state !== rescore.state) look = 0;
      state = rescore.state;
      if (io.terminal || look % LOOKS_A_LINE === 0) progress.step(oneLine(rescore, now));
      await sleep(EVERY, undefined, { signal: io.interrupted }).catch(() => {});
      if (io.interrupted.aborted) {
        progress.done();
        io.out('The rescore goes on without you; kindling rescore --status shows how far it is.\n');
        return 0;
      }
    }
  } finally {
    progress.done();
  }
}

const sum = (counts: Readonly<Record<string, number>> | null): number =>
  Object.values(counts ?? {}).reduce((a, b) => a + b, 0);

/** @example 'Bringing leads to the new rules: 1200 of 20000, 310 changed' */
export const oneLine = (progress: Progress, now: number): string => {
  const { state, startsAt, looked, changed, before, segments, segmentsDone } = progress;
  if (state === 'waiting' && startsAt !== null && startsAt > now)
    return `Waiting ${Math.ceil((startsAt - now) / SECOND)} s until nobody scores by the old rules`;
  const of = sum(before) > 0 ? ` of ${sum(before)}` : '';
  return `Bringing leads to the new rules: ${looked}${of}, ${changed} changed, ${segmentsDone} of ${segments} segments done`;
};

/** All that is known of a rescore. */
export function inWords(progress: Progress, now: number, io: Io): string {
  const { state, changed, qualified, failed, before, after, started, finishedAt, at } = progress;
  switch (state) {
    case 'none':
      return 'There was nobody to bring to these rules.\n';
    case 'waiting':
    case 'running':
      return `${oneLine(progress, now)}\n`;
    case 'done': {
      const took = finishedAt === null ? '' : ` (${duration(finishedAt - at)} after the switch)`;
      const lines = [
        `${styled(io, 'green', '✓')} All leads are scored by these rules${took}: ${changed} changed, ${qualified} became qualified.`,
        ...bandLines(before, after),
        ...(started.handoffs === null
          ? []
          : [`  handoffs started: ${started.handoffs} of at most ${progress.terms.handoffs}`]),
        ...(started.mails === null
          ? []
          : [`  journeys started: ${started.mails} of at most ${progress.terms.mails}`]),
        ...(failed === 0
          ? []
          : [styled(io, 'red', `  ${failed} could not be scored; the log of rescore says which and why`)]),
      ];
      return `${lines.join('\n')}\n`;
    }
    default:
      return state satisfies never;
  }
}

const bandLines = (before: Progress['before'], after: Progress['after']): string[] => {
  if (before === null || after === null) return [];
  const bands = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return bands
    .filter((band) => before[band] !== after[band])
    .map((band) => `  ${band}: ${before[band] ?? 0} → ${after[band] ?? 0}`);
};

/** @example duration(5_400_000) // '90 min' */
export const duration = (ms: number): string => {
  const [seconds, minutes, hours] = [SECOND, 60 * SECOND, 3_600 * SECOND].map((unit) =>
    Math.round(ms / unit),
  );
  if ((seconds ?? 0) < 90) return `${seconds} s`;
  if ((minutes ?? 0) < 120) return `${minutes} min`;
  return (hours ?? 0) < 48 ? `${hours} hours` : `${Math.round((hours ?? 0) / 24)} days`;
};
