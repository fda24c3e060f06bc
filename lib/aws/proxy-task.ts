import { Duration } from 'aws-cdk-lib';
import {
  Capability,
  ContainerDependencyCondition,
  type ContainerDefinition,
  type ContainerDefinitionOptions,
  FargateTaskDefinition,
  LinuxParameters,
  LogDrivers,
  UlimitName,
} from 'aws-cdk-lib/aws-ecs';
import { Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { type Compiled, secretNames } from '../envoy';
import { KEEPER_USER } from './agent-trust';
import { authorityFiles, authorityPath } from './authority-files';
import { addLog } from './encrypted-log';
import type { EnvoyImage } from './envoy-image';
import { DRAIN_SECONDS, ENVOY_ENTRY_POINT, STOP_SECONDS } from './envoy-start';
import { FilesCarrier } from './files-carrier';
import { onlyReader } from './only-reader';
import type { PinnedImage } from './pinned-image';
import { proxyProblems } from './proxy-problems';
import { secretProblems } from './secret-problems';
import { taskTrust } from './task-trust';
import { unpinnedProblems } from './unpinned-problems';
import { UpstreamSecrets } from './upstream-secrets';
import { markWorkload } from './workload-mark';

/** Where keeper unpacks the compiled files and Envoy runs: all paths of the bootstrap are relative to it. */
export const RUN_DIRECTORY = '/run/anchorhold';

export interface ProxyTaskProps {
  readonly compiled: Compiled;
  readonly envoy: EnvoyImage;
  readonly keeper: PinnedImage;
  /** TCP ports Envoy listens on for the agents. */
  readonly ports: readonly number[];
  /** Secrets that exist already, by the policy's name. @default - an empty secret for each name in the policy */
  readonly secrets?: Readonly<Record<string, ISecret>>;
  /** Parameters of Parameter Store instead of secrets, by the policy's name. @default - none */
  readonly parameters?: Readonly<Record<string, IParameter>>;
  /** PEM certificates of the authorities the policy names. @default - none */
  readonly authorities?: Readonly<Record<string, string>>;
  /** Of its log and secrets. @default - keys of AWS */
  readonly encryptionKey?: IKey | undefined;
}

/** Envoy and keeper in one Fargate task: keeper unpacks the compiled files and writes the secrets, Envoy reads them. */
export class ProxyTask extends Construct {
  readonly definition: FargateTaskDefinition;
  readonly role: Role;
  readonly secrets: UpstreamSecrets;
  /** The authority's key is derived from it, so that all tasks of the proxy are one authority, also after a new deployment. */
  readonly authoritySeed: ISecret;
  readonly files: FilesCarrier;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: ProxyTaskProps) {
    super(scope, id);
    const authorities = props.authorities ?? {};
    const files = { ...props.compiled.files, ...authorityFiles(props.compiled, authorities) };
    this.role = new Role(this, 'Role', {
      assumedBy: taskTrust(this),
      description: 'Egress proxy: reads its own secrets',
    });
    this.definition = new FargateTaskDefinition(this, 'Definition', {
      cpu: 256,
      memoryLimitMiB: 512,
      taskRole: this.role,
      executionRole: new Role(this, 'ExecutionRole', { assumedBy: taskTrust(this) }),
    });
    markWorkload(this.definition, 'proxy');
    this.definition.addVolume({ name: 'run' });
    this.secrets = new UpstreamSecrets(this, 'Secrets', {
      names: secretNames(props.compiled.manifest),
      reader: this.role,
      ...(props.encryptionKey ? { encryptionKey: props.encryptionKey } : {}),
      ...(props.secrets ? { existing: props.secrets } : {}),
      ...(props.parameters ? { parameters: props.parameters } : {}),
    });
    this.authoritySeed = this.addSeed(props.encryptionKey);
    this.files = new FilesCarrier(this, 'Files', { files, reader: this.role });
    this.logGroup = addLog(this, 'Log', props.encryptionKey);
    const keeper = this.addKeeper(props, Object.keys(authorities));
    const envoy = this.addEnvoy(props);
    envoy.addContainerDependencies({ container: keeper, condition: ContainerDependencyCondition.HEALTHY });
    this.node.addValidation({
      validate: () => [
        ...this.files.problems(this.definition),
        ...unpinnedProblems(this.definition, 'proxy'),
        ...proxyProblems(this.definition),
        ...secretProblems([this.authoritySeed]),
      ],
    });
  }

  private addSeed(encryptionKey: IKey | undefined): Secret {
    const seed = new Secret(this, 'AuthoritySeed', {
      description: 'Seed of the certificate authority of the egress proxy; only the proxy reads it',
      ...(encryptionKey ? { encryptionKey } : {}),
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    onlyReader(seed, this.role);
    return seed;
  }

  private addKeeper(props: ProxyTaskProps, authorities: readonly string[]): ContainerDefinition {
    const { byName, parameters } = this.secrets;
    const arns = [
      ...Object.entries(byName).map(([name, { secretArn }]) => `${name}=aws-secret:${secretArn}`),
      ...Object.entries(parameters).map(([name, { parameterArn }]) => `${name}=aws-secret:${parameterArn}`),
    ];
    const sources = arns.flatMap((source) => ['--secret', source]);
    return this.addHardened('keeper', {
      image: props.keeper.image,
      command: [
        ...['--run-directory', RUN_DIRECTORY, ...this.files.words],
        ...['--authority-seed', `aws-secret:${this.authoritySeed.secretArn}`],
        ...['--drain-seconds', String(DRAIN_SECONDS)],
        ...sources,
        ...authorities.flatMap((name) => ['--ca', `${name}=${RUN_DIRECTORY}/${authorityPath(name)}`]),
      ],
      environment: { ...this.files.environment },
      stopTimeout: Duration.seconds(STOP_SECONDS),
      healthCheck: {
        command: ['CMD', '/keeper', '--check', RUN_DIRECTORY],
        interval: Duration.seconds(5),
        retries: 10,
        // In a first deployment the secrets are made empty, and someone must have time to fill them.
        startPeriod: Duration.seconds(300),
      },
    });
  }

  private addEnvoy(props: ProxyTaskProps): ContainerDefinition {
    return this.addHardened('envoy', {
      image: props.envoy.pinned.image,
      entryPoint: ENVOY_ENTRY_POINT,
      command: [
        // Hot restart's shared memory is of no use to a task that is replaced whole.
        ...['--config-path', 'envoy.json', '--disable-hot-restart'],
        // Of `misc` nothing but notes on each address range in the configuration, 80 kB at each start.
        ...['--log-level', 'warning', '--component-log-level', 'misc:error'],
      ],
      portMappings: props.ports.map((containerPort) => ({ containerPort })),
      // Envoy binds 443 for the transparent way without root and without a capability.
      systemControls: [{ namespace: 'net.ipv4.ip_unprivileged_port_start', value: '0' }],
      stopTimeout: Duration.seconds(STOP_SECONDS),
    });
  }

  private addHardened(name: string, options: Omit<ContainerDefinitionOptions, 'logging'>): ContainerDefinition {
    const linuxParameters = new LinuxParameters(this, `${name}-linux`, { initProcessEnabled: false });
    linuxParameters.dropCapabilities(Capability.ALL);
    const container = this.definition.addContainer(name, {
      ...options,
      essential: true,
      user: KEEPER_USER,
      readonlyRootFilesystem: true,
      privileged: false,
      workingDirectory: RUN_DIRECTORY,
      linuxParameters,
      // A core file would hold every secret.
      ulimits: [{ name: UlimitName.CORE, softLimit: 0, hardLimit: 0 }],
      logging: LogDrivers.awsLogs({ streamPrefix: name, logGroup: this.logGroup }),
    });
    // Envoy writes too: its admin socket stands in the run directory.
    container.addMountPoints({ containerPath: RUN_DIRECTORY, sourceVolume: 'run', readOnly: false });
    return container;
  }
}
