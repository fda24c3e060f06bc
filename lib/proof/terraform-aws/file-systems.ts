import { Reference, Unknown, type Value } from '../value';
import { beside } from './beside';
import { one } from './network';
import { policyOf } from './policies';
import { type Source, type Translators } from './source';

const EFS = 'AWS::EFS';

/** Shared file systems: who mounts them, by which policy. */
export const FILE_SYSTEMS: Translators = {
  aws_efs_file_system: (source) => [
    one(source, `${EFS}::FileSystem`, {
      FileSystemPolicy: policy(source),
      ReplicationConfiguration: replicas(source),
    }),
  ],
  aws_efs_mount_target: (source) => [
    one(source, `${EFS}::MountTarget`, {
      FileSystemId: source.ref('file_system_id'),
      SubnetId: source.ref('subnet_id'),
      SecurityGroups: source.refs('security_groups'),
    }),
  ],
  aws_efs_access_point: (source) => [
    one(source, `${EFS}::AccessPoint`, { FileSystemId: source.ref('file_system_id') }),
  ],
};

function policy(source: Source): Value | undefined {
  const [only, second] = beside(source, 'aws_efs_file_system_policy', 'file_system_id');
  if (!only) return undefined;
  if (second || only.truth !== true)
    return Unknown.of(`policy(${source.id})`, `each of the policies of ${source.id} keeps this closed`);
  return policyOf(only.found, 'policy');
}

function replicas(source: Source): Value | undefined {
  const found = beside(source, 'aws_efs_replication_configuration', 'source_file_system_id');
  return found.length === 0 ? undefined : found.map(({ found: { id } }) => new Reference('resource', id, 'Ref'));
}
