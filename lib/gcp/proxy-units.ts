import { AUTHORITY_FILE } from '../envoy';

/** Where the compiled files lie and Envoy runs: all paths of the bootstrap are relative to it. It is memory, gone at each boot. */
export const RUN_DIRECTORY = '/run/anchorhold';
/** Values that the units read as variables: images and the secrets' places. */
export const VALUES_FILE = `${RUN_DIRECTORY}/proxy.env`;

/** Envoy's user, and the group that may read what the keeper writes. */
const ENVOY = '101:101';
const KEEPER_UID = '102';
const SHARED_GID = '101';
/** What the keeper writes and Envoy reads. */
const KEPT = ['credentials', 'leaves', 'authorities'];
/** Where docker keeps its way into the registry; not where the keeper could read it. */
const DOCKER_HOME = '/run/anchorhold-docker';
/** Envoy's own working directory on the machine: only its user opens the socket there, by which it is drained. */
const ENVOY_DIRECTORY = '/run/anchorhold-envoy';
/** Streams' time when the machine is told to end; the platform takes its power away after 90 seconds. */
const DRAIN_SECONDS = 75;
const STOP_SECONDS = 90;
const BRIDGE = 'br-envoy';
const METADATA = '169.254.169.254';

/** What the two units depend on. */
export interface UnitOptions {
  /** Ports Envoy listens on for agents. */
  readonly ports: readonly number[];
  /** Names of authorities beside the public roots; their certificates lie in `ca/NAME.pem`. */
  readonly authorities: readonly string[];
  /** Name servers of both containers. @default - the machine's */
  readonly resolvers?: readonly string[];
}

/** The files that make a machine of Container-Optimized OS the egress proxy, by path. None holds a secret or a `${`. */
export function proxyUnits(options: UnitOptions): Readonly<Record<string, string>> {
  return {
    '/etc/tmpfiles.d/anchorhold.conf': lines([
      `d ${RUN_DIRECTORY} 0755 ${KEEPER_UID} ${SHARED_GID}`,
      ...KEPT.map((name) => `d ${RUN_DIRECTORY}/${name} 0750 ${KEEPER_UID} ${SHARED_GID}`),
      `d ${DOCKER_HOME} 0700 root root`,
      `d ${ENVOY_DIRECTORY} 0700 ${ENVOY.replace(':', ' ')}`,
    ]),
    '/etc/systemd/system/anchorhold-keeper.service': keeperUnit(options),
    '/etc/systemd/system/anchorhold-envoy.service': envoyUnit(options),
  };
}

function keeperUnit({ authorities, resolvers }: UnitOptions): string {
  return unit({
    description: 'Anchorhold keeper: the one process that holds secrets',
    before: [CREDENTIALS_FOR_DOCKER, '-/usr/bin/docker rm --force keeper'],
    start: [
      ...hardened('keeper', `${KEEPER_UID}:${SHARED_GID}`),
      // The names of the machine's own hosts file don't reach a container.
      `--add-host metadata.google.internal:${METADATA}`,
      ...(resolvers ?? []).map((address) => `--dns ${address}`),
      `-v ${RUN_DIRECTORY}:${RUN_DIRECTORY}`,
      `$KEEPER_IMAGE --run-directory ${RUN_DIRECTORY} --gid ${SHARED_GID}`,
      ...authorities.map((name) => `--ca ${name}=ca/${name}.pem`),
      '$KEEPER_SECRETS',
    ],
    stop: ['/usr/bin/docker stop keeper'],
  });
}

function envoyUnit({ ports, resolvers }: UnitOptions): string {
  const readable = ['envoy.json', AUTHORITY_FILE, 'sds', ...KEPT];
  // Taken out first: a unit that starts again would put a second one before it.
  const refuse = (protocol: string): readonly string[] => {
    const rule = `DOCKER-USER -i ${BRIDGE} -d ${METADATA} -p ${protocol} ! --dport 53 -j DROP`;
    return [`-/sbin/iptables -D ${rule}`, `/sbin/iptables -I ${rule}`];
  };
  return unit({
    description: 'Anchorhold: Envoy with the compiled policy',
    after: ['anchorhold-keeper.service'],
    before: [
      `/bin/sh -c 'cd ${RUN_DIRECTORY} && sha256sum --check --quiet SHA256SUMS'`,
      '-/usr/bin/docker rm --force envoy',
      `-/usr/bin/docker network create --opt com.docker.network.bridge.name=${BRIDGE} envoy`,
      // Tokens are the keeper's business; the same address is also the name server.
      ...refuse('tcp'),
      ...refuse('udp'),
      // The load balancer asks whether Envoy listens; it doesn't before the keeper has every credential.
      `/bin/sh -c 'until /usr/bin/docker exec keeper /keeper --check ${RUN_DIRECTORY}; do sleep 1; done'`,
    ],
    start: [
      ...hardened('envoy', ENVOY),
      '--network envoy --sysctl net.ipv4.ip_unprivileged_port_start=0',
      ...(resolvers ?? []).map((address) => `--dns ${address}`),
      ...ports.map((port) => `-p ${port}:${port}`),
      // Its own working directory, for the admin socket; all else in it is read-only.
      `-v ${ENVOY_DIRECTORY}:${RUN_DIRECTORY}`,
      ...readable.map((name) => `-v ${RUN_DIRECTORY}/${name}:${RUN_DIRECTORY}/${name}:ro`),
      '--entrypoint /usr/local/bin/envoy $ENVOY_IMAGE --config-path envoy.json',
      // On a crash Envoy prints the request it held, injected credential and all, to its standard error: that goes nowhere.
      '--disable-hot-restart --log-level warning --component-log-level misc:error --log-path /dev/stdout',
    ],
    stop: [
      // Told by a signal, Envoy would cut every stream. Its user, its socket and nothing else: no secret is in reach of this one.
      `-${hardened('drain', ENVOY).join(' ')} --network none -v ${ENVOY_DIRECTORY}:${RUN_DIRECTORY} ` +
        `$KEEPER_IMAGE --drain ${RUN_DIRECTORY} --drain-seconds ${DRAIN_SECONDS}`,
      '-/usr/bin/docker stop envoy',
    ],
    more: ['StandardError=null', 'TimeoutStartSec=infinity', `TimeoutStopSec=${STOP_SECONDS}`],
  });
}

/** `$$` and `%%` are systemd's for `$` and `%`: the registries are what stands before the first slash of each image. */
const CREDENTIALS_FOR_DOCKER =
  // Not fatal: an image that anyone may pull needs none.
  "-/bin/sh -c 'docker-credential-gcr configure-docker --registries=$${KEEPER_IMAGE%%%%/*},$${ENVOY_IMAGE%%%%/*}'";

function hardened(name: string, user: string): readonly string[] {
  return [
    `/usr/bin/docker run --rm --name ${name} --user ${user} --workdir ${RUN_DIRECTORY}`,
    '--read-only --cap-drop ALL --security-opt no-new-privileges --pids-limit 512 --ulimit core=0',
    // The journal has what the program writes; a second copy on the disk would be nobody's to delete.
    '--log-driver none',
  ];
}

function unit(parts: {
  readonly description: string;
  readonly after?: readonly string[];
  readonly before: readonly string[];
  readonly start: readonly string[];
  readonly stop: readonly string[];
  readonly more?: readonly string[];
}): string {
  const after = ['gcr-online.target', 'docker.service', ...(parts.after ?? [])].join(' ');
  return lines([
    '[Unit]',
    `Description=${parts.description}`,
    `Wants=${after}`,
    `After=${after}`,
    '[Service]',
    `Environment=HOME=${DOCKER_HOME}`,
    `EnvironmentFile=${VALUES_FILE}`,
    ...parts.before.map((command) => `ExecStartPre=${command}`),
    `ExecStart=${parts.start.join(' ')}`,
    ...parts.stop.map((command) => `ExecStop=${command}`),
    'Restart=always',
    'RestartSec=2',
    ...(parts.more ?? []),
  ]);
}

function lines(texts: readonly string[]): string {
  return `${texts.join('\n')}\n`;
}
