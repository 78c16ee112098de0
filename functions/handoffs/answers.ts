import { NotFound } from '../errors.ts';
import { type HttpHandler, onHttp } from '../http.ts';
import { confirm, type ConfirmPorts } from './confirm.ts';
import { slackAction, type SlackActionPorts } from './slack-actions.ts';

/** How sales answers a handoff: by the page behind a message's buttons, or by Slack's own. */
export const createAnswers = (ports: ConfirmPorts & SlackActionPorts): HttpHandler =>
  onHttp((request) => {
    if (request.path.startsWith('/h/')) return confirm(ports, request);
    if (request.path === '/slack/actions' && request.method === 'POST') return slackAction(ports, request);
    throw new NotFound('nothing lives here');
  });
