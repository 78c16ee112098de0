import { NotFound } from '../errors.ts';
import { type HttpAnswer, type HttpRequest, json } from '../http.ts';
import { decideOnMail, type MailDecisionPorts } from './mails.ts';
import { adjust, type AdjustPorts } from './adjust.ts';

export type WritePorts = AdjustPorts & MailDecisionPorts;

/** What signed-in people do: `POST /api/...`. Everything becomes an event, so an answer is 202: it was taken. */
export const act = async (ports: WritePorts, request: HttpRequest): Promise<HttpAnswer> => {
  const [, what, id, doing, ...rest] = request.path.split('/').filter((part) => part !== '');
  if (what === 'leads' && id !== undefined && doing === 'adjustments' && rest.length === 0)
    return json(202, await adjust(ports, decodeURIComponent(id), request));
  if (what === 'mails' && id !== undefined && doing !== undefined && rest.length === 0)
    return json(202, await decideOnMail(ports, id, doing, request));
  throw new NotFound('nothing lives here');
};
