import { Reference, Unknown, type Value } from '../value';
import { beside } from './beside';
import { known, one } from './network';
import { type Source, type Translators } from './source';

const ELB = 'AWS::ElasticLoadBalancingV2';

/** Load balancers and what stands behind them. */
export const BALANCERS: Translators = Object.fromEntries(
  ['aws_lb', 'aws_alb'].flatMap((prefix) => [
    [prefix, (source: Source) => [one(source, `${ELB}::LoadBalancer`, balancer(source))]],
    [
      `${prefix}_listener`,
      (source: Source) => [
        one(source, `${ELB}::Listener`, {
          LoadBalancerArn: known(source.ref('load_balancer_arn'), source, 'load_balancer_arn'),
          DefaultActions: source.blocks('default_action').map(action),
        }),
      ],
    ],
    [
      `${prefix}_listener_rule`,
      (source: Source) => [
        one(source, `${ELB}::ListenerRule`, {
          ListenerArn: known(source.ref('listener_arn'), source, 'listener_arn'),
          Actions: source.blocks('action').map(action),
        }),
      ],
    ],
    [`${prefix}_target_group`, (source: Source) => [one(source, `${ELB}::TargetGroup`, { Targets: targets(source) })]],
  ]),
);

function balancer(source: Source): Readonly<Record<string, Value | undefined>> {
  const internal = source.on('internal');
  return {
    Type: source.plain('load_balancer_type'),
    Scheme: internal instanceof Unknown ? internal : internal ? 'internal' : 'internet-facing',
    Subnets: source.refs('subnets'),
    SubnetMappings: source
      .blocks('subnet_mapping')
      .flatMap((block) => (block instanceof Unknown ? [] : [{ SubnetId: block.ref('subnet_id') ?? null }])),
    SecurityGroups: source.refs('security_groups'),
  };
}

function action(block: Source | Unknown): Value {
  if (block instanceof Unknown) return block;
  const direct = block.ref('target_group_arn');
  const forwards = block.blocks('forward').flatMap((forward): readonly Value[] => {
    if (forward instanceof Unknown) return [forward];
    return forward
      .blocks('target_group')
      .map((group) => (group instanceof Unknown ? group : { TargetGroupArn: known(group.ref('arn'), group, 'arn') }));
  });
  return {
    Type: block.plain('type') ?? null,
    ...(direct === undefined ? {} : { TargetGroupArn: direct }),
    ...(forwards.length === 0 ? {} : { ForwardConfig: { TargetGroups: forwards } }),
  };
}

/** Addresses and machines that are put into a group one by one, or by the group of machines they are of. */
function targets(source: Source): readonly Value[] {
  const { id, names } = source;
  const scaled = [
    ...beside(source, 'aws_autoscaling_attachment', 'lb_target_group_arn'),
    ...names.terraform.ofType('aws_autoscaling_traffic_source_attachment'),
  ];
  const types = ['aws_lb_target_group_attachment', 'aws_alb_target_group_attachment'];
  const single = types.flatMap((type) =>
    beside(source, type, 'target_group_arn').map(({ found, truth }): Value => {
      const target = found.ref('target_id');
      if (truth !== true || target === undefined || target instanceof Unknown) return unread(id);
      const isHeld = target instanceof Reference && names.terraform.find(target.id) !== undefined;
      return isHeld || typeof target === 'string' ? { Id: target } : unread(id);
    }),
  );
  return [...single, ...scaled.map(() => unread(id))];
}

function unread(id: string): Unknown {
  return Unknown.of(`targets(${id})`, `what is put into ${id} beside is the proxy, or passes nothing on`);
}
