import { CloudRunV2Service, type CloudRunV2ServiceTemplate } from '@cdktf/provider-google/lib/cloud-run-v2-service';
import { CloudRunV2ServiceIamMember } from '@cdktf/provider-google/lib/cloud-run-v2-service-iam-member';
import { SecretManagerSecretIamMember } from '@cdktf/provider-google/lib/secret-manager-secret-iam-member';
import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { Construct } from 'constructs';
import { WORKLOAD_LABEL } from '../proof';
import type { ExistingNetwork } from './egress-network';
import type { EgressProxy } from './egress-proxy';
import { INVOKER_ROLE } from './invoker';
import { checkName, claimName } from './name';
import type { PinnedImage } from './pinned-image';
import { refuse } from './refusal';
import { policyProblems, secretProblems, secretsReader, toolProblems } from './tool-problems';
import { environmentProblems, sizeProblems } from './workload-settings';

export interface ToolServerProps {
  /** First part of its resources' names, and of its host. */
  readonly name: string;
  /** Who alone may call it. Its policy names the tool's host with `googleIdToken: {}`. */
  readonly proxy: EgressProxy;
  /** Number of the project, which is part of the host that the platform gives: `gcloud projects describe P --format='value(projectNumber)'`. */
  readonly projectNumber: string;
  readonly image: PinnedImage;
  /** @default - the image's own */
  readonly command?: readonly string[];
  /** Plain settings, never a secret. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Variable → `projects/P/secrets/S`, which must have a version before the tool is made. @default - none */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Where it listens. @default 8080 */
  readonly port?: number;
  /** Network all its traffic goes through. @default - Google's own way to the internet: a tool is trusted code */
  readonly network?: ExistingNetwork;
  /** Whether Terraform may not delete it. @default false */
  readonly deletionProtection?: boolean;
}

/** Instances at once, and what each has. */
const MOST_INSTANCES = 5;
const SIZE = { cpu: '1', memory: '512Mi' } as const;

/**
 * A tool on Cloud Run, MCP or plain HTTP, outside the agents' boundary: an account and secrets of its own, and one caller,
 * the proxy, who proves who he is with a token for this host alone. An agent has no right to it and no route.
 */
export class ToolServer extends Construct {
  /** What the policy names: `NAME-tool-NUMBER.REGION.run.app`. */
  readonly host: string;
  readonly service: CloudRunV2Service;
  readonly account: ServiceAccount;

  constructor(scope: Construct, id: string, props: ToolServerProps) {
    super(scope, id);
    const { location } = props.proxy.network;
    const name = `${checkName(props.name)}-tool`;
    claimName(this, 'tool', props.name);
    const secrets = Object.entries(props.secrets ?? {});
    this.host = `${name}-${props.projectNumber}.${location.region}.run.app`;
    refuse([
      ...policyProblems(props.proxy, this.host, props.projectNumber),
      ...environmentProblems(props.environment ?? {}),
      ...secretProblems(props.secrets ?? {}, props.environment ?? {}),
      ...sizeProblems(SIZE.cpu, SIZE.memory),
    ]);
    this.account = new ServiceAccount(this, 'Account', {
      accountId: name,
      project: location.project,
      displayName: `Tool ${props.name}`,
    });
    const readers = secrets.map(([variable, path]) => this.allowRead(variable, path));
    this.service = new CloudRunV2Service(this, 'Service', {
      name,
      project: location.project,
      location: location.region,
      deletionProtection: props.deletionProtection ?? false,
      labels: { [WORKLOAD_LABEL]: 'tool' },
      lifecycle: { ignoreChanges: ['client', 'client_version'] },
      ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY',
      invokerIamDisabled: false,
      // The platform looks at the secrets when it makes the service.
      dependsOn: readers,
      template: this.template(props),
    });
    new CloudRunV2ServiceIamMember(this, 'Proxy', {
      name: this.service.name,
      project: location.project,
      location: location.region,
      role: INVOKER_ROLE,
      member: props.proxy.identity.member,
    });
    this.node.addValidation({ validate: () => toolProblems(this, props.proxy.identity.account) });
  }

  private template(props: ToolServerProps): CloudRunV2ServiceTemplate {
    const port = props.port ?? 8080;
    const plain = Object.entries(props.environment ?? {}).map(([name, value]) => ({ name, value }));
    const secret = Object.entries(props.secrets ?? {}).map(([name, path]) => ({
      name,
      valueSource: { secretKeyRef: { secret: path, version: 'latest' } },
    }));
    return {
      serviceAccount: this.account.email,
      executionEnvironment: 'EXECUTION_ENVIRONMENT_GEN1',
      scaling: { minInstanceCount: 0, maxInstanceCount: MOST_INSTANCES },
      ...(props.network ? { vpcAccess: { egress: 'ALL_TRAFFIC', networkInterfaces: [props.network] } } : {}),
      containers: [
        {
          name: 'tool',
          image: props.image.reference,
          ...(props.command ? { command: [...props.command] } : {}),
          env: [...plain, ...secret],
          ports: { containerPort: port },
          resources: { limits: { ...SIZE }, cpuIdle: true, startupCpuBoost: false },
          startupProbe: { tcpSocket: { port }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 18 },
        },
      ],
    };
  }

  private allowRead(variable: string, path: string): SecretManagerSecretIamMember {
    return new SecretManagerSecretIamMember(this, `${variable}-reader`, {
      ...secretsReader(path),
      role: 'roles/secretmanager.secretAccessor',
      member: `serviceAccount:${this.account.email}`,
    });
  }
}
