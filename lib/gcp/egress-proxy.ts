import { Annotations } from 'cdktf';
import { Construct } from 'constructs';
import { compile, type Compiled, secretNames } from '../envoy';
import type { Policy } from '../policy';
import type { EgressNetwork } from './egress-network';
import { ClosedFirewall } from './closed-firewall';
import type { EnvoyImage } from './envoy-image';
import { RESTRICTED_APIS } from './google-apis';
import type { PinnedImage } from './pinned-image';
import { placeProblems } from './place-problems';
import { agentPorts, GATEWAY_PORT, isCloudRunTool, needsInternet, upstreamPorts } from './ports';
import { ProxyAccount } from './proxy-account';
import { ProxyFront } from './proxy-front';
import { ProxyMachines, type ProxyMachinesProps } from './proxy-machines';
import { refuse } from './refusal';
import { resourceProblems } from './resource-problems';
import { UpstreamSecrets } from './upstream-secrets';
import { proxyUserData } from './user-data';

/** Where the platform's health checks come from. */
const HEALTH_CHECKERS = ['35.191.0.0/16', '130.211.0.0/22'];
const EVERYWHERE = ['0.0.0.0/0'];
/** Google's public name servers: asked by a proxy whose own network answers no name. */
const PUBLIC_RESOLVERS = ['8.8.8.8', '8.8.4.4'];

export interface EgressProxyProps extends Pick<ProxyMachinesProps, 'count' | 'machineImage' | 'machineType' | 'most'> {
  readonly policy: Policy;
  readonly network: EgressNetwork;
  readonly envoy: EnvoyImage;
  readonly keeper: PinnedImage;
  /** Secrets that exist already, `projects/P/secrets/S` by the policy's name. @default - an empty one is made for each name */
  readonly secrets?: Readonly<Record<string, string>>;
  /** PEM certificates of each authority the policy names with `ca`. @default - none */
  readonly authorities?: Readonly<Record<string, string>>;
  /** Whether Terraform may not delete the secrets. @default false */
  readonly deletionProtection?: boolean;
}

/** The window: Envoy with the compiled policy on machines of its own, its secrets readable by them alone. */
export class EgressProxy extends Construct {
  readonly policy: Policy;
  /** What Envoy runs: the machines carry exactly these files. */
  readonly compiled: Compiled;
  readonly network: EgressNetwork;
  readonly identity: ProxyAccount;
  readonly secrets: UpstreamSecrets;
  readonly machines: ProxyMachines;
  readonly front: ProxyFront;
  /** The keeper's image: beside an agent it fetches the authority's certificate, and holds nothing. */
  readonly keeper: PinnedImage;
  /** Ports that agents reach. */
  readonly ports: readonly number[];

  constructor(scope: Construct, id: string, props: EgressProxyProps) {
    super(scope, id);
    const { network, policy } = props;
    const images = [props.envoy.pinned, props.keeper];
    refuse([
      ...placeProblems(policy, Object.keys(props.authorities ?? {})),
      ...internetProblems(network, policy, images),
    ]);
    this.policy = policy;
    this.network = network;
    this.keeper = props.keeper;
    this.ports = agentPorts(policy);
    this.compiled = compile(policy);
    const { location, name } = network;
    this.identity = new ProxyAccount(this, 'Identity', { name, location, policy, images });
    this.secrets = new UpstreamSecrets(this, 'Secrets', {
      name,
      location,
      names: secretNames(this.compiled.manifest),
      reader: this.identity.member,
      deletionProtection: props.deletionProtection ?? false,
      ...(props.secrets ? { existing: props.secrets } : {}),
    });
    this.openFirewall();
    if (policy.upstreams.some(isCloudRunTool)) network.googleApis?.answer('run.app');
    this.machines = new ProxyMachines(this, 'Machines', {
      ...props,
      account: this.identity.account.email,
      userData: this.userData(props),
    });
    this.front = new ProxyFront(this, 'Front', { network, machines: this.machines });
    if (network.existing) this.warnOfExisting();
    this.node.addValidation({ validate: () => resourceProblems(this) });
  }

  private userData(props: EgressProxyProps): string {
    return proxyUserData({
      files: this.compiled.files,
      authorities: props.authorities ?? {},
      ports: this.ports,
      envoyImage: props.envoy.pinned.reference,
      keeperImage: props.keeper.reference,
      secrets: this.secrets.byName,
      authoritySeed: this.secrets.authoritySeed,
      // The garden of a shared network answers the proxy's look-ups too, and would send them back to the proxy.
      ...(this.network.within ? { resolvers: PUBLIC_RESOLVERS } : {}),
    });
  }

  private openFirewall(): void {
    const { doorCidr, location, name } = this.network;
    const who = { account: this.identity.account.email };
    const firewall =
      this.network.firewall ??
      // The network's other members are its owner's business: these rules bind the proxy alone.
      new ClosedFirewall(this, 'Firewall', {
        name: `${name}-proxy`,
        project: location.project,
        network: this.network.network,
        account: who.account,
      });
    firewall.allowFrom('proxy-from-agents', [doorCidr], { ports: this.ports, who });
    firewall.allowFrom('proxy-health', HEALTH_CHECKERS, { ports: [GATEWAY_PORT], who });
    firewall.allowTo('proxy-to-google', [RESTRICTED_APIS.cidr], { ports: [443], who });
    if (!this.network.internet) return;
    firewall.allowTo('proxy-to-upstreams', EVERYWHERE, { ports: upstreamPorts(this.policy), who });
    if (!this.network.within) return;
    const resolvers = PUBLIC_RESOLVERS.map((address) => `${address}/32`);
    firewall.allowTo('proxy-to-resolvers', resolvers, { ports: [53], protocols: ['udp', 'tcp'], who });
  }

  private warnOfExisting(): void {
    Annotations.of(this).addWarning(
      'existing: the routes, NAT and names of a network that exists can’t be seen here, and the proof calls what rests on them unproven',
    );
  }
}

function internetProblems(network: EgressNetwork, policy: Policy, images: readonly PinnedImage[]): string[] {
  if (network.internet) return [];
  const problems: string[] = [];
  if (needsInternet(policy)) {
    problems.push(
      'network: expected a way to the internet, since the policy reaches more than *.googleapis.com, got internet: false [network-without-internet]',
    );
  }
  for (const { reference, repository } of images) {
    if (!repository)
      problems.push(
        `image: expected an image of Artifact Registry, since the network has no internet, got "${reference}"; copy it there [image-out-of-reach]`,
      );
  }
  return problems;
}
