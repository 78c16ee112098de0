import * as z from 'zod/mini';
import { Invalid } from '../errors.ts';

/** Where a page of a list ended. */
export interface Cursor {
  /** The instant as of which the list is sorted, UTC milliseconds. */
  readonly at: number;
  readonly total: number;
  readonly id: string;
}

const Written = z.tuple([z.number(), z.number(), z.string()]);

export const writeCursor = ({ at, total, id }: Cursor): string =>
  Buffer.from(JSON.stringify([at, total, id])).toString('base64url');

export const readCursor = (text: string): Cursor => {
  try {
    const [at, total, id] = z.parse(Written, JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return { at, total, id };
  } catch (cause) {
    throw new Invalid('the cursor is not one of ours', { cause });
  }
};
