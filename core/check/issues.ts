import { nearest } from '../nearest.ts';

export type Path = readonly (string | number)[];

/** A problem, and the place of it in the file's data; the reader of files knows its line and column. */
export interface CheckIssue {
  readonly file: string;
  /** A key that is wrong itself (unknown, superfluous) is the last of the path. */
  readonly path: Path;
  readonly message: string;
  /** The nearest valid name. */
  readonly suggestion?: string;
}

/** Collects the problems of one file. */
export interface Report {
  (path: Path, message: string, wrong?: string, among?: Iterable<string>): void;
}

/** Tells of problems in `file`; the nearest to `wrong` in `among` is the suggestion. */
export const reporter =
  (file: string, into: CheckIssue[]): Report =>
  (path, message, wrong, among = []) => {
    const suggestion = wrong === undefined ? undefined : nearest(wrong, among);
    into.push({ file, path, message, ...(suggestion !== undefined && { suggestion }) });
  };
