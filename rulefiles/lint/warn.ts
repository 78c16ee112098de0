import { type CheckIssue } from '../../core/check/check.ts';

/** Tells of what is allowed and most likely not meant. */
export interface Warn {
  (path: CheckIssue['path'], message: string): void;
}

/** Warnings about one file. */
export const warningOf =
  (file: string, into: CheckIssue[]): Warn =>
  (path, message) => {
    into.push({ file, path, message });
  };
