import { looksLikeSecret } from '../policy';
import type { Candidate } from './claim';
import { property } from './evaluate';
import { several } from './policy-document';
import type { Hop } from './report';
import { isList, isObject, Reference, shown, Text, type Truth, Unknown, unknownIn, type Value } from './value';

/** Fields of a container whose words its code can read: labels too, from the task’s metadata. */
const SAID = ['Command', 'EntryPoint', 'HealthCheck', 'DockerLabels', 'FirelensConfiguration'];
const FETCHED = { EnvironmentFiles: 'environment file', CredentialSpecs: 'credential spec' };
/** What resources return that is a credential, not the name of one. */
const CREDENTIAL = /(?:secret|password|passphrase|token|apikey|privatekey|secretaccesskey|keyvalue)$/i;

/** Secrets in what a container is told: its variables and the words of its commands. A value is never shown, only where it stands. */
export function toldSecrets(task: string, at: string, container: Value): Candidate[] {
  const variables = several(property(container, 'Environment')).flatMap((variable) => {
    const name = shown(property(variable, 'Name'));
    const value = variable instanceof Unknown ? variable : property(variable, 'Value');
    return wordWays(task, { id: task, by: `${at}.Environment ${name}` }, name, value);
  });
  const words = SAID.flatMap((field) =>
    [...leaves(property(container, field))].flatMap((word) =>
      wordWays(task, { id: task, by: `${at}.${field}` }, field, word),
    ),
  );
  return [...variables, ...words, ...fetched(task, at, container)];
}

/** What is fetched from elsewhere for a container. */
function fetched(task: string, at: string, container: Value): Candidate[] {
  return Object.entries(FETCHED).flatMap(([field, what]) =>
    several(property(container, field)).map((_, position) => ({
      truth: Unknown.of(`${what.replace(' ', '-')}(${task})`, `the ${what}s of ${task} hold no secret`),
      path: [{ id: task, by: `${at}.${field}[${position}]` }],
      reason: `what its ${what}s hold isn’t in the templates`,
      change: '',
    })),
  );
}

function wordWays(task: string, hop: Hop, name: string, value: Value | undefined): Candidate[] {
  const { truth, reason } = secrecy(task, name, value);
  return truth === false ? [] : [{ truth, path: [hop], reason, change: `take ${hop.by} from ${hop.id}` }];
}

/** Whether a value is a secret. One that is chosen at deployment may be. */
function secrecy(task: string, name: string, value: Value | undefined): { truth: Truth; reason: string } {
  const fetched = (value instanceof Unknown ? value.facts : []).some(({ id }) =>
    /^resolve\(\{\{resolve:(?:secretsmanager|ssm-secure)/.test(id),
  );
  if (fetched) return { truth: true, reason: `a secret is put into ${name}` };
  if (references(value).some(({ attribute }) => CREDENTIAL.test(attribute)))
    return { truth: true, reason: `a credential that a resource returns is put into ${name}` };
  const unknown = unknownIn(value);
  if (unknown) return { truth: unknown, reason: `what ${name} holds isn’t known` };
  if (typeof value !== 'string' || !looksLikeSecret(value)) return { truth: false, reason: '' };
  const says = `the value of ${name}, which is shaped like a key, is none`;
  return { truth: Unknown.of(`no-secret(${task}.${name})`, says), reason: `the value of ${name} is shaped like a key` };
}

function references(value: Value | undefined): readonly Reference[] {
  if (value instanceof Reference) return value.kind === 'resource' ? [value] : [];
  return value instanceof Text
    ? value.parts.flatMap((part) => (part instanceof Reference ? references(part) : []))
    : [];
}

function* leaves(value: Value | undefined): Generator<Value> {
  if (value === undefined) return;
  if (isList(value)) for (const one of value) yield* leaves(one);
  else if (isObject(value)) for (const one of Object.values(value)) yield* leaves(one);
  else yield value;
}
