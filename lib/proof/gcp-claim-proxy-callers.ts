import type { Candidate } from './claim';
import type { GcpModel } from './gcp-model';
import type { GcpWorkload } from './gcp-workloads';
import type { Resource } from './templates';
import { blocks, setting } from './terraform-blocks';
import { and, keyOf, shown, type Truth, Unknown, unknownIn, type Value } from './value';

/** Fronts of the proxy on the internet, and addresses of its own there. */
export function externalFronts(model: GcpModel, { id, attachments }: GcpWorkload): Candidate[] {
  const fronts = model.window.rules().flatMap((rule): Candidate[] => {
    const scheme = setting(rule.properties, 'load_balancing_scheme');
    const external = scheme === undefined || (typeof scheme === 'string' && scheme.startsWith('EXTERNAL'));
    const { what, proxies } = model.window.behind(rule);
    const truth: Truth = external ? true : (unknownIn(scheme) ?? false);
    if (truth === false || !(proxies.includes(id) || what === 'unknown')) return [];
    const leads: Truth = proxies.includes(id)
      ? true
      : Unknown.of(`behind(${rule.id})`, `behind ${rule.id} the proxy doesn’t stand`);
    return [
      {
        truth: and(truth, leads, rule.exists),
        path: [{ id: rule.id, by: `load_balancing_scheme ${scheme === undefined ? 'unset' : shown(scheme)}` }],
        reason: 'a load balancer on the internet stands before it',
        change: `set load_balancing_scheme of ${rule.id} to INTERNAL`,
      },
    ];
  });
  const addresses = attachments.flatMap(({ by, publicIpv4, publicIpv6 }): Candidate[] =>
    [publicIpv4, publicIpv6].flatMap((address) => {
      const above = Unknown.of(`public-address(${id})`, `no policy above these documents admits the internet to ${id}`);
      const truth = and(address, above);
      return truth === false
        ? []
        : [
            {
              truth,
              path: [{ id, by: `${by}.access_config` }],
              reason: 'it has an address of the internet',
              change: `remove access_config from ${id}`,
            },
          ];
    }),
  );
  return [...fronts, ...addresses];
}

/** Who may attach an endpoint to the service before the proxy. */
export function attachers(model: GcpModel, { id }: GcpWorkload): Candidate[] {
  return model.terraform.ofType('google_compute_service_attachment').flatMap((attachment): Candidate[] => {
    const served = model.names.find(setting(attachment.properties, 'target_service'), 'google_compute_forwarding_rule');
    if (served.kind === 'resource') {
      const { proxies, what } = model.window.behind(served.resource);
      if (!proxies.includes(id) && what !== 'unknown') return [];
    }
    return [...preference(attachment), ...accepted(model, attachment)]
      .map((one) => ({ ...one, truth: and(one.truth, attachment.exists) }))
      .filter(({ truth }) => truth !== false);
  });
}

function preference({ id, properties }: Resource): Candidate[] {
  const written = setting(properties, 'connection_preference');
  if (written === 'ACCEPT_MANUAL') return [];
  return [
    {
      truth: unknownIn(written) ?? true,
      path: [{ id, by: `connection_preference ${shown(written)}` }],
      reason: 'any project may attach an endpoint to it',
      change: `set connection_preference of ${id} to ACCEPT_MANUAL and list networks`,
    },
  ];
}

function accepted(model: GcpModel, { id, properties }: Resource): Candidate[] {
  const listed = setting(properties, 'consumer_accept_lists');
  const entries = listed instanceof Unknown ? [listed] : blocks(listed);
  return entries.flatMap((entry, index): Candidate[] => {
    const path = [{ id, by: `consumer_accept_lists[${index}]` }];
    if (entry instanceof Unknown) return [{ truth: entry, path, reason: 'who may attach isn’t known', change: '' }];
    const truth = acceptedTruth(model, entry, id);
    if (truth === false) return [];
    const reason =
      truth === true
        ? 'a network without an agent may attach an endpoint'
        : 'networks that the documents don’t hold may attach an endpoint';
    return [{ truth, path, reason, change: `name the agents’ network in consumer_accept_lists of ${id}` }];
  });
}

/** The agents' own network may attach; of another network it is known that it may, of a project which it has is not. */
function acceptedTruth(model: GcpModel, entry: Value, id: string): Truth {
  const network = setting(entry, 'network_url');
  const project = setting(entry, 'project_id_or_num');
  if (network === undefined || (network instanceof Unknown && project !== undefined))
    return (
      unknownIn(network) ??
      Unknown.of(`attachers(${id})`, `no network of ${shown(project)} but the agents’ attaches to ${id}`)
    );
  const named = model.networks.of(network);
  if (named.kind === 'unknown') return named.unknown;
  const agents = model.agents.flatMap(({ attachments }) =>
    attachments.map(({ network: own }) => model.networks.same(own, named)),
  );
  if (agents.includes(true)) return false;
  return agents.find((one) => one instanceof Unknown) ?? true;
}

const MANAGERS = ['google_compute_region_instance_group_manager', 'google_compute_instance_group_manager'];

/** Ways to a shell that no firewall stops: the serial console, by its group's word, a machine's own, or else its project's. */
export function sessions(model: GcpModel, workload: GcpWorkload): Candidate[] {
  const groups = model.terraform.ofType(...MANAGERS).flatMap(({ id, properties, exists }) => {
    const metadata = setting(properties, 'all_instances_config', 'metadata');
    return session(id, 'all_instances_config.metadata', serialIn(metadata), exists);
  });
  return [...groups, ...ownSessions(model, workload)];
}

function ownSessions({ terraform }: GcpModel, { id, template }: GcpWorkload): Candidate[] {
  const metadata = setting(template, 'metadata');
  const own = serialIn(metadata);
  if (own !== undefined) return session(id, metadata instanceof Unknown ? 'metadata' : `metadata.${SERIAL}`, own, true);
  const whole = terraform
    .ofType('google_compute_project_metadata')
    .flatMap((one) => session(one.id, 'metadata', serialIn(setting(one.properties, 'metadata')), one.exists));
  const items = terraform.ofType('google_compute_project_metadata_item').flatMap(({ id: item, properties, exists }) => {
    const key = setting(properties, 'key');
    const about: Truth = unknownIn(key) ?? keyOf(key) === SERIAL;
    return session(item, 'value', setting(properties, 'value'), and(exists, about));
  });
  return [...whole, ...items].map((one) => ({ ...one, path: [...one.path, { id, by: 'metadata of its project' }] }));
}

const SERIAL = 'serial-port-enable';

function serialIn(metadata: Value | undefined): Value | undefined {
  return metadata instanceof Unknown ? metadata : setting(metadata, SERIAL);
}

function session(id: string, by: string, serial: Value | undefined, exists: Truth): Candidate[] {
  if (serial === undefined || /^(?:false|0|no|n)$/i.test(keyOf(serial) ?? '')) return [];
  const truth = and(exists, unknownIn(serial) ?? true);
  if (truth === false) return [];
  const reason = 'its serial console is open to sessions';
  return [{ truth, path: [{ id, by }], reason, change: `set ${SERIAL} of ${id} to FALSE` }];
}
