import * as z from 'zod/mini';
import type { Released } from '../../core/view/handoff.ts';
import { CHANGE_SOURCE } from '../aws/changes.ts';
import { Invalid, Upstream } from '../errors.ts';
import { type HttpRequest, readJson } from '../http.ts';
import type { BusEntry } from '../ingest/pack.ts';
import { log } from '../log.ts';
import { type HeldReadPorts, stillHeld, type StillHeld } from '../read/held.ts';
import { whoAsks } from './who.ts';

export interface ReleasePorts extends HeldReadPorts {
  /** Whether the bus has it in the end. */
  readonly publish: (entry: BusEntry) => Promise<boolean>;
}

const MOST = 100;
const Asked = z.strictObject({
  handoffs: z.array(z.string().check(z.maxLength(400))).check(z.minLength(1), z.maxLength(MOST)),
});

/**
 * `POST /api/held/release`: starts handoffs that a deploy held back, by telling once more that they qualified, this time
 * by a person's wish and so beyond any limit. A handoff is named by its entry: released twice it starts once.
 */
export const release = async (ports: ReleasePorts, request: HttpRequest): Promise<Released> => {
  // Refuses who does not say who they are; the log names them by their id, and not by their address.
  whoAsks(request);
  const asked = z.safeParse(Asked, readJson(request.body));
  if (!asked.success) throw new Invalid(`handoffs must be 1 to ${MOST} names, as GET /api/held lists them`);
  const known = new Map((await stillHeld(ports)).map((each) => [each.item.handoff, each]));
  const taken: string[] = [];
  const refused: { handoff: string; reason: string }[] = [];
  for (const handoff of new Set(asked.data.handoffs)) {
    const held = known.get(handoff);
    if (held === undefined) refused.push({ handoff, reason: 'it is not held back, or no longer qualified' });
    else if (await ports.publish(entryOf(held, ports.clock.now()))) taken.push(handoff);
    else throw new Upstream('the bus did not take it; try again');
  }
  log.info('released', { by: request.claims.sub, taken: taken.length, asked: asked.data.handoffs.length });
  return { taken, refused };
};

const entryOf = ({ ref, version }: StillHeld, at: number): BusEntry => {
  const kind = `${ref.of}.qualified`;
  const whose = ref.of === 'lead' ? { leadId: ref.id } : { accountId: ref.id };
  return {
    source: CHANGE_SOURCE,
    detailType: kind,
    detail: JSON.stringify({
      ...whose,
      changeId: `${ref.id}#${version}#released`,
      kind,
      from: false,
      to: true,
      version,
      entry: ref.entry,
      at,
    }),
  };
};
