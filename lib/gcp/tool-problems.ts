import type { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import type { IConstruct } from 'constructs';
import { doorstepProblems, identityProblems } from './agent-problems';
import type { EgressProxy } from './egress-proxy';
import { isCloudRunTool } from './ports';
import { block, type Rendered, renderedBelow, renderedStack, texts } from './rendered';

const SECRET = /^projects\/(?<project>[a-z][-a-z0-9]{4,28}[a-z0-9])\/secrets\/(?<secretId>[A-Za-z0-9_-]{1,255})$/;

/** Why this proxy can't call a tool at `host`, a sentence each. */
export function policyProblems({ network, policy }: EgressProxy, host: string, projectNumber: string): string[] {
  const problems: string[] = [];
  if (!/^\d{6,20}$/.test(projectNumber))
    problems.push(
      `projectNumber: expected the project's number such as "123456789012", got "${projectNumber}" [project-number-invalid]`,
    );
  if (network.within)
    problems.push(
      'proxy: expected a proxy in a network of its own, got one in the agents’: its name servers lead to the public way in, where the tool lets nobody in; use topology: "twoVpc" [tool-in-shared-network]',
    );
  const named = policy.upstreams.find((upstream) => upstream.host === host);
  if (!named)
    problems.push(
      `policy: expected an upstream "${host}", which is the tool's host, got none; name it, or the tool has no caller [tool-not-in-policy]`,
    );
  else if (!isCloudRunTool(named) || named.port !== 443)
    problems.push(
      `policy: expected credential { googleIdToken: {} } for "${host}" on port 443, got another: the tool lets in nobody who doesn't say who he is [tool-without-identity]`,
    );
  return problems;
}

/** What is wrong with a tool's secrets; no value that might stand in the place of a name is shown. */
export function secretProblems(
  secrets: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(secrets).flatMap(([variable, path]) => [
    ...(SECRET.test(path)
      ? []
      : [
          `secrets.${variable}: expected the name of a secret such as "projects/acme-agents/secrets/notes-key", got another shape (not shown) [secret-name-invalid]`,
        ]),
    ...(/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable) && !Object.hasOwn(environment, variable)
      ? []
      : [
          `secrets.${variable}: expected a variable's name that environment doesn't have, got another [environment-name]`,
        ]),
  ]);
}

/** A secret as IAM takes it. */
export function secretsReader(path: string): { readonly project: string; readonly secretId: string } {
  const { project = '', secretId = '' } = SECRET.exec(path)?.groups ?? {};
  return { project, secretId };
}

/** What must still be true of a tool after every override, and of the whole stack's grants. */
export function toolProblems(scope: IConstruct, proxy: ServiceAccount): string[] {
  const [service] = renderedBelow(scope).filter(({ type }) => type === 'google_cloud_run_v2_service');
  if (!service) return [`${scope.node.path}: expected the tool's service, got none; set it back [tool-missing]`];
  const own = identityProblems(block(service.config, 'template')).map((problem) => `${service.path}: ${problem}`);
  return [
    ...doorstepProblems(service),
    ...own,
    ...renderedStack(scope).flatMap((resource) => callerProblems(resource, service, proxy)),
  ];
}

/** Nobody calls it but the proxy. */
function callerProblems({ config, path, type }: Rendered, service: Rendered, proxy: ServiceAccount): string[] {
  if (!/^google_cloud_run_v2_service_iam_(?:member|binding|policy)$/.test(type)) return [];
  if (!String(config.name).includes(`${service.address}.`)) return [];
  const members = [...texts(config.members), ...texts([config.member])];
  const ours = `google_service_account.${proxy.friendlyUniqueId}.`;
  if (members.length > 0 && members.every((member) => member.includes(ours))) return [];
  return [
    `${path}: expected the proxy as the tool's only caller, got another: what it is asked would pass no policy and no log; remove it [tool-other-caller]`,
  ];
}
