import { EnvoyImage, PinnedImage, type SecureAgentProps, ToolServer, type ToolServerProps } from '../../lib/gcp';
import { definePolicy } from '../../lib/policy';
import { agentStack, DIGEST, IMAGE } from './stack';

export const NUMBER = '123456789012';
export const HOST = `notes-tool-${NUMBER}.europe-west1.run.app`;
export const SECRET = 'projects/acme-agents/secrets/notes-key';
const IMAGES = {
  envoy: EnvoyImage.of(PinnedImage.fromRegistry(`europe-docker.pkg.dev/acme/proxy/envoy:v1.40.0@${DIGEST}`)),
  keeper: PinnedImage.fromRegistry(`europe-docker.pkg.dev/acme/proxy/keeper@${DIGEST}`),
};

/** A policy with a tool as its one upstream. */
export function toolPolicy(credential: object = { googleIdToken: {} }, host = HOST) {
  return definePolicy({
    policy: 1,
    name: 'coder',
    upstreams: [{ host, prefix: '/notes', credential, rules: ['POST /mcp'] }],
  });
}

/** A stack with an agent and a tool that its proxy calls. */
export function withTool(props: Partial<ToolServerProps> = {}, agentProps: Partial<SecureAgentProps> = {}) {
  const { stack, agent } = agentStack({ policy: toolPolicy(), ...IMAGES, ...agentProps });
  const tool = new ToolServer(stack, 'Tool', {
    name: 'notes',
    proxy: agent.proxy,
    projectNumber: NUMBER,
    image: PinnedImage.fromRegistry(IMAGE),
    secrets: { NOTES_KEY: SECRET },
    ...props,
  });
  return { stack, agent, tool };
}
