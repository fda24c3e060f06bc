import type { Configuration } from './forms';
import { NETWORK_WRITERS } from './write-resources';
import { type Fields, Values, type Written } from './write-value';
import { WORKLOAD_WRITERS } from './write-workloads';

const WRITERS = { ...NETWORK_WRITERS, ...WORKLOAD_WRITERS };

/** A template of CloudFormation as configuration of Terraform that says the same. */
export function writeTerraform(resources: Readonly<Record<string, Written>>): Configuration {
  const values = new Values(resources);
  const found: Record<string, Record<string, Fields>> = {};
  for (const [id, { Type, Properties = {}, Metadata, Condition }] of Object.entries(resources)) {
    const writer = WRITERS[Type];
    // Nothing of it is read on either side.
    if (!writer) continue;
    const mark = (Metadata as Fields | undefined)?.['anchorhold:workload'];
    for (const [type, name, body] of writer(id, Properties as Fields, values)) {
      const whole = {
        ...body,
        ...(mark !== undefined && name === id && { tags: { 'anchorhold:workload': mark } }),
        ...(Condition !== undefined && body.count === undefined && { count: '${var.Want == "yes" ? 1 : 0}' }),
      };
      const named = (found[type] ??= {});
      named[name] = { ...named[name], ...(JSON.parse(JSON.stringify(whole)) as Fields) };
    }
  }
  return found;
}

/** The type of a template that has no writer, so that a test can say that none is left out unseen. */
export function unwritten(resources: Readonly<Record<string, Written>>): string[] {
  return [...new Set(Object.values(resources).map(({ Type }) => Type))].filter((type) => !Object.hasOwn(WRITERS, type));
}
