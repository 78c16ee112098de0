import type { Crossing } from '../engine/replay.ts';
import type { Answers } from './answers.ts';
import { type Judged, type Quality, qualityOf } from './quality.ts';

/** What sales decided about a lead in the end, and when. */
export interface Outcome {
  readonly won: boolean;
  /** UTC milliseconds. */
  readonly at: number;
  /** A deal, or only an answer to a handoff. */
  readonly by: 'deal' | 'answer';
}

/**
 * What became of a lead: its newest deal, else sales' newest answer to a handoff; null where nothing is known from
 * `since` on.
 */
export function outcomeOf({ won, lost, accepted, rejected }: Answers, since: number): Outcome | null {
  return newest('deal', won, lost, since) ?? newest('answer', accepted, rejected, since);
}

function newest(
  by: Outcome['by'],
  good: readonly number[],
  bad: readonly number[],
  since: number,
): Outcome | null {
  if (good.length + bad.length === 0) return null;
  const [yes, no] = [Math.max(-Infinity, ...good), Math.max(-Infinity, ...bad)];
  const at = Math.max(yes, no);
  return at < since ? null : { won: yes >= no, at, by };
}

/** What a ruleset made of a lead just before its outcome. @param total the lead's points then */
export function judgedOf(
  outcome: Outcome,
  crossings: readonly Crossing[],
  lowest: string,
  total: number,
): Judged {
  const before = crossings.filter(({ at }) => at < outcome.at);
  const first = before.find(({ to }) => to.qualified);
  return {
    won: outcome.won,
    qualified: first !== undefined,
    band: before.at(-1)?.to.band ?? lowest,
    total,
    leadTimeMs: first && outcome.won ? outcome.at - first.at : null,
  };
}

/** Collects what two rulesets made of leads that sales decided on. */
export interface Judgement {
  add(by: Outcome['by'], before: Judged, after: Judged): void;
  /** Those that count, as both rulesets judged them. */
  decided(): readonly { readonly before: Judged; readonly after: Judged }[];
  /** Null where the history holds no outcome. */
  result(): { readonly before: Quality; readonly after: Quality } | null;
}

export function createJudgement(): Judgement {
  const all: { readonly by: Outcome['by']; readonly before: Judged; readonly after: Judged }[] = [];
  const decidedOnes = () => {
    // Where deals are told, a handoff that was accepted is not decided yet; one that was rejected is.
    const deals = all.some(({ by }) => by === 'deal');
    return all.filter(({ by, before }) => !deals || by === 'deal' || !before.won);
  };
  return {
    add: (by, before, after) => void all.push({ by, before, after }),
    decided: decidedOnes,
    result: () => {
      const decided = decidedOnes();
      if (decided.length === 0) return null;
      return {
        before: qualityOf(decided.map(({ before }) => before)),
        after: qualityOf(decided.map(({ after }) => after)),
      };
    },
  };
}
