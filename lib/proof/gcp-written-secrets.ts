import type { Candidate } from './claim';
import type { GcpModel } from './gcp-model';
import type { Resource } from './templates';
import { setting } from './terraform-blocks';
import { and, type Truth, unknownIn } from './value';

const VERSIONS = ['google_secret_manager_secret_version', 'google_secret_manager_regional_secret_version'];

/** Values of a secret that the documents set: they stand in the state, for whoever reads that. A value is never shown. */
export function written({ terraform, names }: GcpModel, secret: Resource): Candidate[] {
  return terraform.ofType(...VERSIONS).flatMap(({ id, properties, exists }): Candidate[] => {
    const value = setting(properties, 'secret_data');
    if (value === undefined || value === null) return [];
    const named = names.find(setting(properties, 'secret'), secret.type);
    const about: Truth = named.kind === 'unknown' ? named.unknown : named.id === secret.id;
    const truth = and(exists, about, unknownIn(value) ?? true);
    if (truth === false) return [];
    const reason = 'its value is kept in the state: whoever reads the state has it';
    return [{ truth, path: [{ id, by: 'secret_data' }], reason, change: `use secret_data_wo in ${id}` }];
  });
}
