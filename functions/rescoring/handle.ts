import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import {
  beginRescore,
  bringSegment,
  finishRescore,
  type RescorePorts,
  type SegmentAnswer,
} from './segment.ts';

const Task = z.union([
  z.object({ epoch: z.number(), segment: z.number(), of: z.number() }),
  z.object({ epoch: z.number(), step: z.enum(['begin', 'finish']) }),
]);

/** What the state machine asks: to bring a segment on, or to note where it begins and that it is done. */
export const createRescore = (
  ports: RescorePorts,
): ((event: unknown, context: Context) => Promise<SegmentAnswer>) =>
  middy<unknown, SegmentAnswer>().handler(async (event: unknown, context: Context) => {
    const task = z.parse(Task, event);
    if ('segment' in task) return bringSegment(ports, task, () => context.getRemainingTimeInMillis());
    await (task.step === 'begin' ? beginRescore : finishRescore)(ports, task.epoch);
    return { outcome: 'done' };
  });
