import type { Scope } from '../../core/identity/identity.ts';
import type { Message } from '../../core/message/message.ts';

/** Names that only we and sales systems may use; rules match names whatever their case, so this does too. */
const RESERVED = /^(?:(?:email|handoff|deal)\.|score\.adjusted$)/;

/**
 * Why a message may not come in by this key, or null. A browser's key stands in every page's source: with it, nobody
 * may claim that a mail was clicked or a deal won, join two people, or name a lead by our own id.
 */
export const refusal = (message: Message, scope: Scope): string | null => {
  if (scope === 'server') return null;
  if (message.type === 'alias') return 'a browser key may not send alias';
  if (message.leadId !== undefined) return 'a browser key may not name a lead by leadId';
  if (message.event !== undefined && RESERVED.test(message.event.normalize('NFC').toLowerCase().trim())) {
    return `a browser key may not send ${message.event.trim().slice(0, 64)}`;
  }
  return null;
};

/**
 * The message as far as its key is trusted: a browser may say which account its person belongs to, but not what that
 * account is like, because every colleague's score would change with it.
 */
export const trusted = (message: Message, scope: Scope): Message =>
  scope === 'browser' && message.type === 'group' ? { ...message, traits: {} } : message;
