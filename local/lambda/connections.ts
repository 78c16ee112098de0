import http from 'node:http';
import https from 'node:https';

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
    modules: { http: { ...http, Agent: HttpAgent }, https: { ...https, Agent: HttpsAgent } },
    close: (): void => {
      for (const agent of agents) agent.destroy();
    },
  };
};
