import type { MessageName } from '../../core/nurture/claim.ts';
import type { Claims, Settled } from '../mail/claims.ts';

/** A message that is ready to go. */
export interface Outgoing {
  readonly name: MessageName;
  /** Where it is claimed. */
  readonly claims: Claims;
  /** What it is called where a lead's messages are listed. */
  readonly called: string;
  readonly journey: string | null;
  /** The last look, after the claim: why it must not go, or null. */
  readonly stays: () => Promise<Settled | null>;
  readonly send: () => Promise<Settled>;
}

export interface OncePorts {
  readonly clock: { now(): number };
  /** An id that no other invocation has. */
  readonly invocation: () => string;
}

/** Claims, looks, sends: at most once, whatever fails. */
export const once = async ({ clock, invocation }: OncePorts, outgoing: Outgoing): Promise<Settled> => {
  const { name, claims, called, journey, stays, send } = outgoing;
  const note = { by: invocation(), at: clock.now(), journey, email: called, subject: null };
  const taken = await claims.take(name, note);
  if (taken !== 'mine') return { outcome: taken, reason: 'claimed before' };
  const settled = (await stays()) ?? (await send());
  await claims.settle(name, note, settled);
  return settled;
};
