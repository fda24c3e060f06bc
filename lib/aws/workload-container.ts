import {
  Capability,
  type ContainerDefinition,
  type ContainerDefinitionOptions,
  type FargateTaskDefinition,
  LinuxParameters,
  TmpfsMountOption,
  UlimitName,
} from 'aws-cdk-lib/aws-ecs';

/** The user that agents and tools run as. */
export const WORKLOAD_USER = '1000:1000';

/** A folder in memory. */
export interface MemoryFolder {
  readonly path: string;
  readonly mebibytes: number;
  /** Whether what is written there may be run. */
  readonly runnable: boolean;
}

/**
 * Adds a container with every hardening Fargate takes: uid 1000, no capability, a read-only root, a small `/tmp` that runs
 * nothing, and a limit of processes.
 */
export function addWorkloadContainer(
  definition: FargateTaskDefinition,
  name: string,
  options: ContainerDefinitionOptions,
  folders: readonly MemoryFolder[] = [],
): ContainerDefinition {
  const linuxParameters = new LinuxParameters(definition, `${name}-linux`, { initProcessEnabled: true });
  linuxParameters.dropCapabilities(Capability.ALL);
  for (const { path, mebibytes, runnable } of [{ path: '/tmp', mebibytes: 256, runnable: false }, ...folders]) {
    const mountOptions = [TmpfsMountOption.RW, TmpfsMountOption.NOSUID, TmpfsMountOption.NODEV];
    if (!runnable) mountOptions.push(TmpfsMountOption.NOEXEC);
    linuxParameters.addTmpfs({ containerPath: path, size: mebibytes, mountOptions });
  }
  return definition.addContainer(name, {
    ...options,
    user: WORKLOAD_USER,
    readonlyRootFilesystem: true,
    privileged: false,
    linuxParameters,
    ulimits: [
      { name: UlimitName.NPROC, softLimit: 512, hardLimit: 512 },
      { name: UlimitName.CORE, softLimit: 0, hardLimit: 0 },
    ],
  });
}
