import { Duration } from 'aws-cdk-lib';
import {
  Capability,
  CfnTaskDefinition,
  ContainerDependencyCondition,
  type ContainerDefinition,
  type ContainerDefinitionOptions,
  FargateTaskDefinition,
  LinuxParameters,
  LogDrivers,
} from 'aws-cdk-lib/aws-ecs';
import { Role } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Compiled } from '../envoy';
import { packFiles } from './config-carrier';
import type { EnvoyImage } from './envoy-image';
import type { PinnedImage } from './pinned-image';
import { rendered } from './rendered';
import { secretNames } from './secret-names';
import { taskTrust } from './task-trust';
import { UpstreamSecrets } from './upstream-secrets';
import { markWorkload } from './workload-mark';

/** Where keeper unpacks the compiled files and Envoy runs: all paths of the bootstrap are relative to it. */
export const RUN_DIRECTORY = '/run/anchorhold';

/** Environment variable of the keeper container that holds `packFiles(compiled.files)`. */
export const FILES_VARIABLE = 'ANCHORHOLD_FILES';

/** ECS refuses a larger task definition. */
const LARGEST_TASK_DEFINITION = 65_536;
const USER = '101:101';

export interface ProxyTaskProps {
  readonly compiled: Compiled;
  readonly envoy: EnvoyImage;
  readonly keeper: PinnedImage;
  /** @default - an empty secret for each name in the policy */
  readonly secrets?: Readonly<Record<string, ISecret>>;
  /** TCP ports Envoy listens on for the agents. */
  readonly ports: readonly number[];
}

/** Envoy and keeper in one Fargate task: keeper unpacks the compiled files and writes the secrets, Envoy reads them. */
export class ProxyTask extends Construct {
  readonly definition: FargateTaskDefinition;
  readonly secrets: UpstreamSecrets;
  readonly envoy: ContainerDefinition;

  constructor(scope: Construct, id: string, props: ProxyTaskProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      assumedBy: taskTrust(this),
      description: 'Egress proxy: reads its own secrets',
    });
    const executionRole = new Role(this, 'ExecutionRole', { assumedBy: taskTrust(this) });
    this.definition = new FargateTaskDefinition(this, 'Definition', {
      cpu: 256,
      memoryLimitMiB: 512,
      taskRole: role,
      executionRole,
    });
    markWorkload(this.definition, 'proxy');
    this.definition.addVolume({ name: 'run' });
    const names = secretNames(props.compiled.manifest);
    this.secrets = new UpstreamSecrets(this, 'Secrets', {
      names,
      reader: role,
      ...(props.secrets ? { existing: props.secrets } : {}),
    });
    const logGroup = new LogGroup(this, 'Log', { retention: RetentionDays.ONE_YEAR });
    const keeper = this.addKeeper(props, logGroup);
    this.envoy = this.addEnvoy(props, logGroup);
    this.envoy.addContainerDependencies({ container: keeper, condition: ContainerDependencyCondition.HEALTHY });
    this.node.addValidation({ validate: () => this.problems() });
  }

  private addKeeper(props: ProxyTaskProps, logGroup: LogGroup): ContainerDefinition {
    const sources = Object.entries(this.secrets.byName).flatMap(([name, secret]) => [
      '--secret',
      `${name}=aws-secret:${secret.secretArn}`,
    ]);
    return this.addHardened('keeper', logGroup, {
      image: props.keeper.image,
      command: ['--run-directory', RUN_DIRECTORY, '--files-from', FILES_VARIABLE, ...sources],
      environment: { [FILES_VARIABLE]: packFiles(props.compiled.files) },
      healthCheck: {
        command: ['CMD', '/keeper', '--check', RUN_DIRECTORY],
        interval: Duration.seconds(5),
        retries: 10,
      },
    });
  }

  private addEnvoy(props: ProxyTaskProps, logGroup: LogGroup): ContainerDefinition {
    return this.addHardened('envoy', logGroup, {
      image: props.envoy.pinned.image,
      entryPoint: ['/usr/local/bin/envoy'],
      // Hot restart's shared memory is of no use to a task that is replaced whole.
      command: ['--config-path', 'envoy.json', '--disable-hot-restart', '--log-level', 'warning'],
      portMappings: props.ports.map((containerPort) => ({ containerPort })),
      // Envoy binds 443 for the transparent way without root and without a capability.
      systemControls: [{ namespace: 'net.ipv4.ip_unprivileged_port_start', value: '0' }],
      stopTimeout: Duration.seconds(120),
    });
  }

  private addHardened(
    name: string,
    logGroup: LogGroup,
    options: Omit<ContainerDefinitionOptions, 'logging'>,
  ): ContainerDefinition {
    const linuxParameters = new LinuxParameters(this, `${name}-linux`, { initProcessEnabled: false });
    linuxParameters.dropCapabilities(Capability.ALL);
    const container = this.definition.addContainer(name, {
      ...options,
      essential: true,
      user: USER,
      readonlyRootFilesystem: true,
      privileged: false,
      workingDirectory: RUN_DIRECTORY,
      linuxParameters,
      logging: LogDrivers.awsLogs({ streamPrefix: name, logGroup }),
    });
    // Envoy writes too: its admin socket stands in the run directory.
    container.addMountPoints({ containerPath: RUN_DIRECTORY, sourceVolume: 'run', readOnly: false });
    return container;
  }

  private problems(): string[] {
    const resource = this.definition.node.defaultChild;
    if (!(resource instanceof CfnTaskDefinition))
      return ['proxy: expected a task definition resource [proxy-task-missing]'];
    const bytes = JSON.stringify(rendered(resource).Properties).length;
    if (bytes <= LARGEST_TASK_DEFINITION) return [];
    return [
      `proxy: expected a task definition of at most ${LARGEST_TASK_DEFINITION} bytes, got ${bytes}: the compiled policy is too large for it; ` +
        'split the policy over several proxies [proxy-config-too-large]',
    ];
  }
}
