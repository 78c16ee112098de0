import http from 'node:http';
import https from 'node:https';
import { endpointAt } from '../endpoint.ts';
import { directRequest } from './direct.ts';

type Request = typeof http.request;

/** Requests to a local endpoint need no connection, all others go by the network. */
const request = ((...given: Parameters<Request>) => {
  const [options, onResponse] = given as unknown as [
    http.RequestOptions,
    (response: http.IncomingMessage) => void,
  ];
  const local =
    (options.hostname ?? options.host) === '127.0.0.1' ? endpointAt(Number(options.port)) : undefined;
  return local ? directRequest(options, local, onResponse) : http.request(...given);
}) as Request;

/** The modules http and https of one function. Connections that its clients keep open end with the function: each
 *  would hold all of its context in memory until the other side hangs up. */
export const createConnections = () => {
  const agents = new Set<http.Agent>();
  class HttpAgent extends http.Agent {
    constructor(options?: http.AgentOptions) {
      super(options);
      agents.add(this);
    }
  }
  class HttpsAgent extends https.Agent {
    constructor(options?: https.AgentOptions) {
      super(options);
      agents.add(this);
    }
  }
  return {
    modules: { http: { ...http, request, Agent: HttpAgent }, https: { ...https, Agent: HttpsAgent } },
    close: (): void => {
      for (const agent of agents) agent.destroy();
    },
  };
};
