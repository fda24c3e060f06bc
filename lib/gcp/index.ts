/** CDKTF constructs for Google Cloud: an agent in a network with no way out but the proxy. */
export { AgentJob, type AgentJobProps } from './agent-job';
export { AGENT_TAG, AgentNetwork, type AgentNetworkProps } from './agent-network';
export { AgentService, type AgentServiceProps } from './agent-service';
export { AgentWorkerPool, type AgentWorkerPoolProps } from './agent-worker-pool';
export type { AgentWorkloadProps } from './agent-workload';
export { ClosedFirewall, type AllowedFlow, type ClosedFirewallProps } from './closed-firewall';
export type { NetworkReference } from './closed-network';
export { DnsGarden, type DnsGardenProps } from './dns-garden';
export { EgressNetwork, type EgressNetworkProps, type ExistingNetwork } from './egress-network';
export { EgressProxy, type EgressProxyProps } from './egress-proxy';
export { EnvoyImage } from './envoy-image';
export { Guardrails, type GuardrailsProps } from './guardrails';
export type { Location } from './location';
export { PinnedImage, type ImageRepository } from './pinned-image';
export { ProxyWindow, type ProxyWindowProps } from './proxy-window';
export { SecureAgent, type SecureAgentProps } from './secure-agent';
export { filesOfUserData } from './user-data';
export { pinProvider, PROVIDER_RANGE } from './provider-range';
