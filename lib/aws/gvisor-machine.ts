import { AUTHORITY_PATH } from '../envoy';
import type { Policy } from '../policy';
import { GVISOR_BRIDGE } from './gvisor-bridge';
import { gvisorBundle, PROXY_PORTS, SOCKETS } from './gvisor-bundle';
import { PROXY_LABEL, proxyZone } from './gvisor-name';
import { GATEWAY_PORT } from './proxy-ports';

const HOME = '/usr/local/lib/anchorhold';
const UNITS = '/etc/systemd/system';
/** No network in the container, not even the host's; sockets of the host may be opened, since two are mounted. */
const RUNSC_FLAGS = ['--network=none', '--host-uds=open', '--platform=systrap'];

export interface GvisorMachineProps {
  /** What the agent may reach: its name is part of the proxy's. */
  readonly policy: Policy;
  /** The agent's command; its image must have `node`, which starts it behind the bridge. */
  readonly command: readonly string[];
  /** @default '/tmp' */
  readonly directory?: string;
  /** The most memory the agent has, in bytes. @default 4 GiB */
  readonly memoryBytes?: number;
  /** The most processes the agent has. @default 1024 */
  readonly pids?: number;
}

/**
 * What a machine image for `AgentCompute.ec2Gvisor` must hold beside systemd, curl, runsc and the agent's root file system in
 * `/usr/local/lib/anchorhold/bundle/rootfs`: text by path. An instance without a metadata service gets no user data, so all of
 * this is there before it starts. Pure; holds no secret.
 */
export function gvisorMachineFiles(props: GvisorMachineProps): Readonly<Record<string, string>> {
  const proxy = `${PROXY_LABEL}.${proxyZone(props.policy)}`;
  const config = gvisorBundle({
    directory: '/tmp',
    memoryBytes: 4 * 1024 ** 3,
    pids: 1024,
    ...props,
    bridge: `${HOME}/bridge.mjs`,
  });
  return {
    [`${HOME}/run`]: runScript(proxy),
    [`${HOME}/bridge.mjs`]: GVISOR_BRIDGE,
    [`${HOME}/bundle/config.json`]: `${JSON.stringify(config, undefined, 2)}\n`,
    [`${UNITS}/anchorhold-window@.socket`]: socketUnit(),
    [`${UNITS}/anchorhold-window@.service`]: windowUnit(proxy),
    [`${UNITS}/anchorhold-agent.service`]: agentUnit(),
  };
}

/** The container has no network: its loopback leads to the bridge, and that to the sockets. */
function runScript(proxy: string): string {
  return `#!/bin/sh
# Fetches the authority of the proxy, runs the agent, and answers with its exit code.
set -eu
umask 022
mkdir -p /run/anchorhold
cert=/run/anchorhold/authority.crt
curl --silent --show-error --fail --retry 30 --retry-delay 2 --retry-all-errors --noproxy '*' \\
  --output "$cert" http://${proxy}:${GATEWAY_PORT}${AUTHORITY_PATH}
cat /etc/ssl/certs/ca-certificates.crt "$cert" > /run/anchorhold/bundle.pem
exec runsc --root=/run/anchorhold-runsc ${RUNSC_FLAGS.join(' ')} run --bundle ${HOME}/bundle agent
`;
}

function socketUnit(): string {
  return `[Unit]
Description=The proxy's port %i, as a socket that the agent is given

[Socket]
ListenStream=${SOCKETS}/%i.sock
SocketUser=1000
SocketMode=0600
DirectoryMode=0755

[Install]
WantedBy=sockets.target
`;
}

function windowUnit(proxy: string): string {
  return `[Unit]
Description=Carries the socket %i to the proxy
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=/usr/lib/systemd/systemd-socket-proxyd ${proxy}:%i
DynamicUser=yes
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateDevices=yes
RestrictAddressFamilies=AF_INET AF_UNIX
`;
}

function agentUnit(): string {
  const sockets = PROXY_PORTS.map((port) => `anchorhold-window@${port}.socket`).join(' ');
  return `[Unit]
Description=The agent; the machine ends with it
Requires=${sockets}
After=${sockets} network-online.target
Wants=network-online.target
SuccessAction=poweroff-force
FailureAction=poweroff-force

[Service]
Type=exec
ExecStart=${HOME}/run
StandardOutput=journal+console
StandardError=journal+console

[Install]
WantedBy=multi-user.target
`;
}
