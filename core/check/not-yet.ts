import type { Rule, ScoreFile } from '../schema/score.ts';
import type { Path, Report } from './issues.ts';

/** What the language knows and the engine does not carry out: refused, never ignored. */
export function notYet(_rule: Rule, _file: ScoreFile, _path: Path, _report: Report): void {}
