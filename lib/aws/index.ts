/** AWS CDK constructs: an agent in a network with no way out but the proxy. */
export { AgentLauncher, type AgentLauncherProps, INPUT_VARIABLE } from './agent-launcher';
export { AgentNetwork, type AgentNetworkProps, type ExistingAgentNetworkProps } from './agent-network';
export { AgentService, type AgentServiceProps } from './agent-service';
export { AgentTask, type AgentTaskProps } from './agent-task';
export { ClosedSecurityGroup, type ClosedSecurityGroupProps, SENTINEL_EGRESS } from './closed-security-group';
export { packFiles, unpackFiles } from './config-carrier';
export { DnsGarden, type DnsGardenProps } from './dns-garden';
export { EgressNetwork, type EgressNetworkProps } from './egress-network';
export { EgressProxy, type EgressProxyProps } from './egress-proxy';
export { EnvoyImage } from './envoy-image';
export { IsolationProof, type IsolationProofProps } from './isolation-proof';
export { PinnedImage } from './pinned-image';
export { ProxyWindow, type ProxyWindowProps } from './proxy-window';
export { SecureAgent, type SecureAgentProps } from './secure-agent';
export { Workspace } from './workspace';
