import { Lazy, Stack, Token } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  CfnFirewallDomainList,
  CfnFirewallRuleGroup,
  CfnFirewallRuleGroupAssociation,
  CfnResolverQueryLoggingConfig,
  CfnResolverQueryLoggingConfigAssociation,
} from 'aws-cdk-lib/aws-route53resolver';
import { Construct } from 'constructs';
import { addLog } from './encrypted-log';
import { rendered } from './rendered';

const EXACT = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/i;

export interface DnsGardenProps {
  readonly vpc: IVpc;
  /** Whether each question and its answer is kept, in a log of its own. @default false */
  readonly queryLog?: boolean;
  /** Of that log. @default - a key of AWS */
  readonly encryptionKey?: IKey;
}

/**
 * The names a network may resolve: those allowed here, and no other. No security group filters the VPC's resolver, and it
 * recurses to any server on earth: without this an agent in a network with no route out still has a tunnel.
 */
export class DnsGarden extends Construct {
  private readonly names: string[] = [];
  private readonly zones = new Set<string>();
  private readonly allowed: CfnFirewallDomainList;
  private readonly everything: CfnFirewallDomainList;
  private readonly rules: CfnFirewallRuleGroup;
  private readonly association: CfnFirewallRuleGroupAssociation;

  constructor(scope: Construct, id: string, props: DnsGardenProps) {
    super(scope, id);
    this.allowed = new CfnFirewallDomainList(this, 'Allowed', {
      domains: Lazy.list({ produce: () => [...this.names] }),
    });
    this.everything = new CfnFirewallDomainList(this, 'Everything', { domains: ['*'] });
    this.rules = new CfnFirewallRuleGroup(this, 'Rules', {
      firewallRules: [
        // INSPECT (every name of a redirection chain must be listed): a listed name in someone else's zone can't point elsewhere.
        {
          priority: 100,
          action: 'ALLOW',
          firewallDomainListId: this.allowed.attrId,
          firewallDomainRedirectionAction: 'INSPECT_REDIRECTION_DOMAIN',
        },
        { priority: 200, action: 'BLOCK', blockResponse: 'NODATA', firewallDomainListId: this.everything.attrId },
      ],
    });
    this.association = new CfnFirewallRuleGroupAssociation(this, 'Association', {
      firewallRuleGroupId: this.rules.attrId,
      vpcId: props.vpc.vpcId,
      priority: 101,
    });
    const { vpcId } = props.vpc;
    if (props.queryLog) this.logQueries(vpcId, props.encryptionKey);
    this.node.addValidation({ validate: () => this.opened(vpcId) });
  }

  /**
   * Lets the network resolve exactly this name.
   * @throws Error `garden-wildcard`
   */
  allow(name: string): void {
    if (name.includes('*') || !(Token.isUnresolved(name) || EXACT.test(name))) {
      throw new Error(
        `${this.node.path}: expected an exact DNS name such as "cdn.example.com", got "${name}": agents could ask for any name below a ` +
          'wildcard, and with it send data out; name each host [garden-wildcard]',
      );
    }
    if (!this.names.includes(name)) this.names.push(name);
  }

  /** Names that must resolve and that the list, as the template will hold it, misses. */
  problems(names: readonly string[]): string[] {
    const { Domains } = rendered(this.allowed).Properties;
    const listed = new Set<unknown>(Array.isArray(Domains) ? Domains : []);
    const missing = names.filter((name) => !listed.has(name));
    if (missing.length === 0) return [];
    return [
      `${this.allowed.node.path}: expected every host of the policy among the allowed names, got none of "${missing.join('", "')}": agents could not resolve ` +
        'them; take back what overrides the list, or set transparent: false [host-not-in-garden]',
    ];
  }

  /** Refused questions are there too: who asks for names that aren't listed is trying something. */
  private logQueries(vpcId: string, encryptionKey: IKey | undefined): void {
    const destinationArn = addLog(this, 'QueryLog', encryptionKey).logGroupArn;
    const { attrId } = new CfnResolverQueryLoggingConfig(this, 'Queries', { destinationArn });
    new CfnResolverQueryLoggingConfigAssociation(this, 'QueriesOfVpc', {
      resolverQueryLogConfigId: attrId,
      resourceId: vpcId,
    });
  }

  /** How the wall, as the template will hold it, was opened after it was built. */
  private opened(vpcId: string): string[] {
    const text = (value: unknown) => JSON.stringify(Stack.of(this).resolve(value));
    const [allowed, everything] = [this.allowed.attrId, this.everything.attrId];
    const { FirewallRules } = rendered(this.rules).Properties;
    const { VpcId, FirewallRuleGroupId } = rendered(this.association).Properties;
    const { Domains } = rendered(this.allowed).Properties;
    const strays = listOf(Domains).filter((name) => !this.names.some((one) => text(one) === text(name)));
    const wall = [
      `ALLOW ${text(allowed)} INSPECT_REDIRECTION_DOMAIN undefined`,
      `BLOCK ${text(everything)} undefined undefined`,
    ];
    const found = listOf(FirewallRules)
      .map(objectOf)
      .sort((one, other) => Number(one.Priority) - Number(other.Priority))
      .map(
        ({ Action, FirewallDomainListId, FirewallDomainRedirectionAction, Qtype }) =>
          `${String(Action)} ${text(FirewallDomainListId)} ${String(FirewallDomainRedirectionAction)} ${String(Qtype)}`,
      );
    const stands =
      text(found) === text(wall) &&
      text(rendered(this.everything).Properties.Domains) === '["*"]' &&
      text(VpcId) === text(vpcId) &&
      text(FirewallRuleGroupId) === text(this.rules.attrId);
    return [
      ...strays.map(
        (name) =>
          `${this.allowed.node.path}: expected the names that were allowed by garden.allow(…) alone, got ${text(name)} too: a name is a way out for data; allow it there, or take it back [garden-name]`,
      ),
      ...(stands
        ? []
        : [
            `${this.rules.node.path}: expected to allow the list, then to block every name, in the agents’ network, got other rules: a resolver without a wall carries data out; take back what overrides them [garden-open]`,
          ]),
    ];
  }

  /**
   * Takes a private zone for one proxy: a network has each zone once.
   * @throws Error `zone-taken`
   */
  takeZone(name: string): void {
    if (this.zones.has(name)) {
      throw new Error(
        `transparent: expected each domain to resolve to one proxy of the network, got "${name}" twice; set transparent: false on one of the ` +
          'proxies, or give it a network of its own [zone-taken]',
      );
    }
    this.zones.add(name);
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
