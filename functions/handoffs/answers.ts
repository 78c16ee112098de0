import { NotFound } from '../errors.ts';
import { type HttpHandler, onHttp } from '../http.ts';
import { confirm, type ConfirmPorts } from './confirm.ts';
import { answerSignedIn } from './signed-in.ts';
import { slackAction, type SlackActionPorts } from './slack-actions.ts';

/** How sales answers a handoff: by the page behind a message's buttons, by Slack's own, or in the console. */
export const createAnswers = (ports: ConfirmPorts & SlackActionPorts): HttpHandler =>
  onHttp((request) => {
    if (request.path.startsWith('/h/')) return confirm(ports, request);
    if (request.path === '/slack/actions' && request.method === 'POST') return slackAction(ports, request);
    // Whoever comes this way is signed in: the gateway has seen to it.
    if (request.path.startsWith('/api/handoffs/') && request.method === 'POST')
      return answerSignedIn(ports, request);
    throw new NotFound('nothing lives here');
  });
