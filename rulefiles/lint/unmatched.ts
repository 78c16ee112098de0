import { type CheckIssue } from '../../core/check/check.ts';
import { type LeadEvent } from '../../core/event.ts';
import { folded } from '../../core/engine/matcher.ts';
import { nearest } from '../../core/nearest.ts';
import { type Scoring } from '../../core/ruleset.ts';
import { createSight, type Sight } from './sight.ts';

/** Watches a history go by for rules that nothing in it ever matches; keeps no event. */
export interface Watch {
  /** Takes the next message, in any order. */
  see(event: LeadEvent): void;
  /** Whether every rule has been matched, so that there is nothing left to see. */
  readonly isOver: boolean;
  /** The rules that nothing matched. */
  warnings(): CheckIssue[];
}

/** What a rule waits for, and where that stands in its file. */
interface Wanted {
  readonly file: string;
  readonly path: CheckIssue['path'];
  readonly sight: Sight;
}

const count = (number: number, word: string): string =>
  `${number.toLocaleString('en')} ${word}${number === 1 ? '' : 's'}`;

const has = (names: ReadonlySet<string>, name: string): boolean =>
  [...names].some((one) => folded(one) === folded(name));

/** @param rules a checked ruleset */
export function watchFor({ scores, settings }: Pick<Scoring, 'scores' | 'settings'>): Watch {
  const wanted = Object.entries(scores).flatMap(([name, file]) =>
    Object.entries(file.rules).map(([rule, said]): Wanted => ({
      file: `scores/${name}.yaml`,
      path: ['rules', rule],
      sight: createSight(said, file.by, settings.time_zone ?? 'UTC'),
    })),
  );
  let waiting = wanted;
  const names = new Set<string>();
  let seen = 0;
  return {
    get isOver() {
      return waiting.length === 0;
    },
    see: (event) => {
      if (event.suspected !== undefined) return;
      seen += 1;
      // A history has few names of events; a sender that makes up a name for each is no help with slips of the pen.
      if (event.name !== '' && names.size < 10_000) names.add(event.name);
      let isOver = false;
      for (const { sight } of waiting) {
        sight.see(event);
        isOver ||= sight.blind() === null;
      }
      if (isOver) waiting = waiting.filter(({ sight }) => sight.blind() !== null);
    },
    warnings: () =>
      waiting.flatMap(({ file, path, sight }): CheckIssue[] => {
        const blind = sight.blind();
        if (!blind) return [];
        const { name } = blind;
        const suggestion = name === undefined || has(names, name) ? undefined : nearest(name, names);
        return [
          {
            file,
            path: [...path, ...blind.path],
            message: `\`${path.at(-1)}\` never counted: in ${count(seen, 'message')} ${blind.what}`,
            ...(suggestion !== undefined && { suggestion }),
          },
        ];
      }),
  };
}
