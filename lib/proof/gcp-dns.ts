import type { Candidate } from './claim';
import type { GcpModel } from './gcp-model';
import type { Named } from './gcp-names';
import { textIs } from './gcp-networks';
import { oncePer } from './once-per';
import type { Resource } from './templates';
import { blocks, setting } from './terraform-blocks';
import { and, keyOf, not, shown, type Truth, Unknown, unknownIn, type Value } from './value';

const POLICY = 'google_dns_response_policy';

/** Ways by which a name that is asked in a network reaches a server of an attacker's. */
export function gcpDnsWays(network: Named, model: GcpModel): Candidate[] {
  if (network.kind !== 'resource') return [elsewhere(network)];
  return [...otherServers(network, model), ...resolved(network, model)];
}

function elsewhere(network: Named): Candidate {
  const fact = Unknown.of(
    `names(${network.id})`,
    `a response policy of ${network.id}, which no document holds, answers every name`,
  );
  return {
    truth: network.kind === 'unknown' ? network.unknown : fact,
    path: [{ id: network.id, by: 'a network the documents don’t hold' }],
    reason: 'what answers names in a network that isn’t in the documents isn’t known',
    change: '',
  };
}

/** Alternative name servers: with them a response policy isn't asked at all. */
function otherServers(network: Named, { terraform, networks }: GcpModel): Candidate[] {
  return terraform.ofType('google_dns_policy').flatMap(({ id, properties, exists }): Candidate[] => {
    const servers = setting(properties, 'alternative_name_server_config');
    const given = servers instanceof Unknown ? servers : blocks(servers).length > 0;
    const truth = and(boundTo(properties, network, networks), given, exists);
    if (truth === false) return [];
    return [
      {
        truth,
        path: [
          { id: network.id, by: 'its resolver' },
          { id, by: 'alternative_name_server_config' },
        ],
        reason: 'names go to other servers, and no response policy is asked',
        change: `remove alternative_name_server_config from ${id}`,
      },
    ];
  });
}

function boundTo(properties: Value, network: Named, networks: GcpModel['networks']): Truth {
  const listed = setting(properties, 'networks');
  if (listed instanceof Unknown) return listed;
  const truths = blocks(listed).map((one) =>
    one instanceof Unknown ? one : networks.isNetwork(setting(one, 'network_url'), network, properties),
  );
  return truths.includes(true) ? true : (truths.find((one) => one !== false) ?? false);
}

function resolved(network: Named, model: GcpModel): Candidate[] {
  const bound = model.terraform.ofType(POLICY).flatMap((policy) => {
    const truth = and(boundTo(policy.properties, network, model.networks), policy.exists);
    return truth === false ? [] : [{ policy, truth }];
  });
  const sure = bound.filter(({ truth }) => truth === true);
  const before = { id: network.id, by: 'its resolver' };
  if (sure.length === 0) {
    const [maybe] = bound;
    const reason = 'the resolver of the network asks servers of the internet';
    const change = `bind a response policy to ${network.id} that answers "*." with nothing`;
    return [
      {
        truth: maybe && maybe.truth instanceof Unknown ? maybe.truth : true,
        path: [before, ...(maybe ? [{ id: maybe.policy.id, by: 'networks' }] : [])],
        reason,
        change,
      },
    ];
  }
  return bound.flatMap(({ policy, truth }) =>
    policyWays(policy, truth, model).map((way) => ({ ...way, path: [before, ...way.path] })),
  );
}

interface NameRule {
  readonly resource: Resource;
  readonly name: Value | undefined;
  readonly answers: readonly Value[] | Unknown;
  readonly truth: Truth;
}

function policyWays(policy: Resource, bound: Truth, model: GcpModel): Candidate[] {
  const rules = rulesOf(policy, model);
  return [...unanswered(policy, rules, bound), ...rules.flatMap((rule) => passes(policy, rule, bound))];
}

const ofModel = oncePer((model: GcpModel) => oncePer((policy: Resource) => readRules(policy, model)));

function rulesOf(policy: Resource, model: GcpModel): readonly NameRule[] {
  return ofModel(model)(policy);
}

function readRules(policy: Resource, { terraform, names }: GcpModel): NameRule[] {
  return terraform.ofType(`${POLICY}_rule`).flatMap((resource): NameRule[] => {
    const named = names.within(resource.properties, setting(resource.properties, 'response_policy'), POLICY);
    if (named.kind === 'foreign' || (named.kind === 'resource' && named.id !== policy.id)) return [];
    const data = setting(resource.properties, 'local_data');
    const listed = data instanceof Unknown ? data : setting(data, 'local_datas');
    const answers = listed instanceof Unknown ? listed : blocks(listed);
    const truth = and(resource.exists, named.kind === 'unknown' ? named.unknown : true);
    return [{ resource, name: setting(resource.properties, 'dns_name'), answers, truth }];
  });
}

/** Every name must have an answer: `*.`, with addresses of both families. */
function unanswered(policy: Resource, rules: readonly NameRule[], bound: Truth): Candidate[] {
  const sinks = rules.filter(({ name }) => name === '*.' || unknownIn(name));
  const whole = sinks.map((rule): Truth => and(rule.truth, textIs(rule.name, ['*.']), answersAll(rule)));
  if (whole.includes(true)) return [];
  const doubt = whole.find((one) => one instanceof Unknown);
  const [sink] = sinks;
  const reason = sink
    ? 'its last rule leaves queries unanswered, which are then asked of the internet'
    : 'no rule of it answers the names it doesn’t list';
  return [
    {
      truth: and(bound, doubt ?? true),
      path: [{ id: policy.id, by: 'networks' }, ...(sink ? [{ id: sink.resource.id, by: 'local_data' }] : [])],
      reason,
      change: `answer "*." in ${policy.id} with A 0.0.0.0 and AAAA ::`,
    },
  ];
}

function answersAll({ resource, name, answers }: NameRule): Truth {
  if (answers instanceof Unknown) return answers;
  const behaviour = setting(resource.properties, 'behavior');
  const passing = behaviour !== undefined && behaviour !== 'behaviorUnspecified' && answers.length > 0;
  if (passing) return Unknown.of(`behavior(${resource.id})`, `${resource.id} answers what it could pass on`);
  const kinds = answers.map((one) => (one instanceof Unknown ? one : kindOf(one, name, resource.id)));
  const has = (kind: string): Truth =>
    kinds.some((one) => keyOf(one) === kind) ||
    (kinds.map((one) => unknownIn(one)).find((one) => one !== undefined) ?? false);
  const [v4, v6] = [has('A'), has('AAAA')];
  if (v4 === false && v6 === false) return false;
  const missing = Unknown.of(`types(${resource.id})`, `${resource.id} leaves no type of query to other servers`);
  return and(v4 === false ? missing : v4, v6 === false ? missing : v6);
}

/** The type of an answer; one to another name than the rule's may be none. */
function kindOf(answer: Value, name: Value | undefined, id: string): Value | undefined {
  const its = setting(answer, 'name');
  const other = its !== undefined && !unknownIn(its) && keyOf(its) !== keyOf(name);
  return other ? Unknown.of(`answer(${id})`, `${shown(its)} answers what ${id} names`) : setting(answer, 'type');
}

/** Rules that let a name through: of one exact name nobody but its owner's servers learn; of a wildcard anybody's do. */
function passes(policy: Resource, rule: NameRule, bound: Truth): Candidate[] {
  const { resource, name, truth } = rule;
  const answered = answersAll(rule);
  // The sink is judged as a whole.
  if (answered === true || name === '*.') return [];
  const exact = typeof name === 'string' && !name.includes('*');
  const behaviour = setting(resource.properties, 'behavior');
  if (exact && (behaviour === undefined || typeof behaviour === 'string')) return [];
  return [
    {
      truth: and(bound, truth, not(answered), unknownIn(name) ?? true),
      path: [
        { id: policy.id, by: 'networks' },
        { id: resource.id, by: 'behavior' },
      ],
      reason: 'a rule passes names to servers outside',
      change: `name exact names in ${resource.id}, or answer them by local_data`,
    },
  ];
}
