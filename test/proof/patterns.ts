import { join } from 'node:path';
import { processTerminal } from '../../lib/cli';
import { readTemplates } from '../../lib/cli/read-templates';
import { CLAIM_IDS, type ClaimId, prove, type Report, type Verdict, worst } from '../../lib/proof';

/** Claims that aren't closed, by their worst verdict. */
export type Verdicts = Readonly<Partial<Record<ClaimId, Verdict>>>;

/** A path to a destination: the logical ids, in order. */
export type Path = readonly [claim: ClaimId, destination: string, ids: string];

/** What somebody who reads a template of `patterns/` says of it, by the file's name: the same is at its head in words. */
export const PATTERNS: Readonly<Record<string, { readonly verdicts: Verdicts; readonly paths: readonly Path[] }>> = {
  'fargate-public': {
    verdicts: { ip: 'open', dns: 'open', 'cloud-api': 'open', inbound: 'open', neighbour: 'open' },
    paths: [
      ['ip', 'IPv4', 'Service AgentGroup SubnetA PublicDefault Gateway'],
      ['dns', 'name servers', 'Service Vpc Vpc'],
      ['cloud-api', 'other endpoints', 'Service AgentGroup SubnetA PublicDefault Gateway'],
      ['inbound', 'connections', 'AgentGroup Service'],
      ['neighbour', 'other copies', 'Service AgentGroup AgentGroup Service'],
    ],
  },
  'fargate-nat-balancer': {
    verdicts: { ip: 'open', dns: 'open', 'cloud-api': 'open', role: 'open', inbound: 'open', neighbour: 'open' },
    paths: [
      ['ip', 'IPv4', 'Service AgentGroup PrivateSubnet PrivateDefault Nat PublicSubnet PublicDefault Gateway'],
      ['role', 'task role', 'Task TaskRole'],
      ['inbound', 'connections', 'Service'],
      ['neighbour', 'balancer', 'Service AgentGroup BalancerGroup Balancer'],
    ],
  },
  'isolated-open-endpoints': {
    verdicts: { dns: 'open', 'cloud-api': 'open' },
    paths: [
      ['cloud-api', 'by S3', 'Service AgentGroup Subnet S3 S3'],
      ['cloud-api', 'by Bedrock', 'Service AgentGroup EndpointGroup Bedrock Bedrock'],
      ['dns', 'name servers', 'Service Vpc Vpc'],
    ],
  },
  'isolated-exec-role': {
    verdicts: { role: 'open', inbound: 'open' },
    paths: [
      ['role', 'task role', 'Task TaskRole'],
      ['inbound', 'ECS Exec', 'Service'],
    ],
  },
  'network-firewall': {
    verdicts: { ip: 'open', dns: 'open', 'cloud-api': 'unproven' },
    paths: [
      ['ip', 'firewall', 'Service AgentGroup AgentSubnet AgentDefault Firewall'],
      ['ip', 'IPv4', 'Service AgentGroup AgentSubnet AgentDefault Firewall'],
    ],
  },
  'squid-instance': {
    verdicts: { dns: 'open', neighbour: 'open' },
    paths: [['neighbour', 'Squid', 'Service AgentToSquid SquidFromAgent Squid']],
  },
  'secret-environment': {
    verdicts: {
      ...{ ip: 'unproven', dns: 'unproven', 'cloud-api': 'unproven', secrets: 'open' },
      ...{ inbound: 'unproven', neighbour: 'unproven', launcher: 'unproven' },
    },
    paths: [
      ['secrets', 'its task', 'Task'],
      ['ip', 'IPv4', 'Service'],
    ],
  },
  'transit-egress': {
    verdicts: { ip: 'open', dns: 'open', 'cloud-api': 'unproven' },
    paths: [
      ['ip', 'transit gateway', 'Service AgentGroup AgentSubnet AgentDefault Transit'],
      ['ip', 'IPv4', 'Service AgentGroup AgentSubnet AgentDefault Transit'],
    ],
  },
};

/** Judges a pattern's file as `anchorhold prove FILE` does. */
export async function judgePattern(name: string): Promise<Report> {
  return prove(await readTemplates([join(__dirname, 'patterns', `${name}.yaml`)], processTerminal()));
}

/** The worst verdict of each claim that isn't closed. */
export function worstOf({ findings }: Report): Verdicts {
  const judged = CLAIM_IDS.map((claim) => {
    const verdicts = findings.filter((one) => one.claim === claim).map(({ verdict }) => verdict);
    return [claim, worst(verdicts)] as const;
  });
  return Object.fromEntries(judged.filter(([, verdict]) => verdict !== 'closed'));
}
