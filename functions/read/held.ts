import { handoffName } from '../../core/handoff/answer.ts';
import type { HeldItem, HeldList } from '../../core/view/handoff.ts';
import type { Held, HeldHandoff } from '../handoffs/held.ts';
import { inParallel } from '../parallel.ts';
import type { Clock, Leads, RolledUp } from '../ports.ts';

export interface HeldReadPorts {
  readonly clock: Clock;
  readonly held: Pick<Held, 'list'>;
  readonly leads: Pick<Leads, 'read'>;
  readonly rolledUp: Pick<RolledUp, 'read'>;
}

const AT_ONCE = 8;

/** `GET /api/held`: what may still be released, newest first. */
export const listHeld = async (ports: HeldReadPorts): Promise<HeldList> => ({
  at: ports.clock.now(),
  held: (await stillHeld(ports)).map(({ item }) => item).sort((a, b) => b.at - a.at),
});

/** A held handoff of somebody who is qualified still, by the same entry. */
export interface StillHeld {
  readonly ref: HeldHandoff;
  readonly item: HeldItem;
  /** The version under which they stand so. */
  readonly version: number;
}

export const stillHeld = async (ports: HeldReadPorts): Promise<readonly StillHeld[]> => {
  const found = await inParallel(AT_ONCE, await ports.held.list(), (ref) =>
    ref.of === 'lead' ? ofLead(ports, ref) : ofAccount(ports, ref),
  );
  return found.filter((each) => each !== null);
};

const ofLead = async ({ leads }: HeldReadPorts, ref: HeldHandoff): Promise<StillHeld | null> => {
  const lead = await leads.read(ref.id);
  if (lead?.standing?.qualified !== true || lead.into !== undefined || lead.entry !== ref.entry) return null;
  return { ref, version: lead.version, item: itemOf(ref, lead.name ?? lead.email, lead.standing.band) };
};

const ofAccount = async ({ rolledUp }: HeldReadPorts, ref: HeldHandoff): Promise<StillHeld | null> => {
  const account = await rolledUp.read(ref.id);
  if (account?.place?.qualified !== true || account.entry !== ref.entry) return null;
  return { ref, version: account.version, item: itemOf(ref, account.name ?? account.id, account.place.band) };
};

const itemOf = (ref: HeldHandoff, name: string | null, band: string | null): HeldItem => ({
  handoff: handoffName(ref),
  of: ref.of,
  id: ref.id,
  name,
  band,
  at: ref.at,
  deploy: ref.deploy,
});
