import { definePolicy } from '../../lib/policy';

/** What the agent may reach: the model, and two calls of the tool. */
export const agentPolicy = definePolicy({
  policy: 1,
  name: 'coder',
  upstreams: [
    {
      host: 'api.anthropic.com',
      prefix: '/anthropic',
      credential: { header: 'x-api-key', secret: 'anthropic-key' },
      rules: ['POST /v1/messages'],
    },
    {
      host: 'tickets.tools.example',
      prefix: '/tickets',
      addresses: ['10.0.0.0/24'], // the proxy's own network, where it meets the tool
      rules: ['POST /mcp', 'GET /mcp'],
    },
  ],
});

/** What the tool may reach: one interface, with the token that it holds. */
export const toolPolicy = definePolicy({
  policy: 1,
  name: 'tickets',
  upstreams: [
    {
      host: 'api.tickets.example',
      agentCredentials: 'keep', // the tool proves itself
      rules: ['GET /v2/tickets/**', 'POST /v2/tickets/*/comments'],
    },
  ],
});
