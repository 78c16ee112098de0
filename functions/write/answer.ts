import { NotFound } from '../errors.ts';
import { unescaped } from '../path.ts';
import { type HttpAnswer, type HttpRequest, json } from '../http.ts';
import { adjust, type AdjustPorts } from './adjust.ts';
import { decideOnMail, type MailDecisionPorts } from './mails.ts';
import { release, type ReleasePorts } from './release.ts';
import { replay, type ReplayPorts } from './replay.ts';

export type WritePorts = AdjustPorts & MailDecisionPorts & ReleasePorts & ReplayPorts;

/** What signed-in people do: `POST /api/...`. Everything becomes an event, so an answer is 202: it was taken. */
export const act = async (ports: WritePorts, request: HttpRequest): Promise<HttpAnswer> => {
  const [, what, id, doing, ...rest] = request.path.split('/').filter((part) => part !== '');
  if (what === 'leads' && id !== undefined && doing === 'adjustments' && rest.length === 0)
    return json(202, await adjust(ports, unescaped(id), request));
  if (what === 'mails' && id !== undefined && doing !== undefined && rest.length === 0)
    return json(202, await decideOnMail(ports, id, doing, request));
  if (what === 'held' && id === 'release' && doing === undefined)
    return json(202, await release(ports, request));
  if (what === 'quarantine' && id === 'replay' && doing === undefined)
    return json(202, await replay(ports, request));
  throw new NotFound('nothing lives here');
};
