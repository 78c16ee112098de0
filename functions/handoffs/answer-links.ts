import { answerToken, answerUrl, type Ask, LINK_LIFE } from '../../core/handoff/answer-link.ts';
import { askedOf, type HandoffRecord, type HandoffRef } from '../../core/handoff/handoff.ts';

export interface LinkPorts {
  readonly linkSecret: () => Promise<string>;
  /** Without a slash at the end. */
  readonly publicUrl: string;
}

/** Where whoever was asked last answers a handoff, by what they answer. @param now UTC milliseconds */
export const answerLinks = async (
  { linkSecret, publicUrl }: LinkPorts,
  ref: HandoffRef,
  record: Pick<HandoffRecord, 'asked' | 'owner' | 'at'>,
  now: number,
): Promise<(ask: Ask) => string> => {
  const link = { ...ref, asked: askedOf(record).length - 1, expiresAt: now + LINK_LIFE };
  const token = answerToken(link, await linkSecret());
  return (ask) => answerUrl(publicUrl, token, ask);
};
