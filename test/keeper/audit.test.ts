import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LAYER = join(__dirname, '../../lib/keeper');
const files = readdirSync(LAYER).map((name) => ({ name, text: readFileSync(join(LAYER, name), 'utf8') }));

/** Files whose text this matches, comments left out. */
function naming(pattern: RegExp): string[] {
  return files
    .filter(({ text }) => pattern.test(text.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '')))
    .map(({ name }) => name)
    .sort();
}

describe('what docs/keeper.md says to an auditor', () => {
  it('one file makes connections, another asks Envoy’s own socket, and one listens', () => {
    expect(naming(/node:(?:https?|http2|tls|dgram|net)'|fetch\(['"`h]|WebSocket/)).toEqual([
      'address.ts',
      'ask-envoy.ts',
      'ready-port.ts',
      'request-json.ts',
      'roots.ts',
    ]);
    expect(naming(/https?\.request\(/)).toEqual(['request-json.ts']);
    expect(naming(/\brequest\(\{/)).toEqual(['ask-envoy.ts']);
    expect(files.find(({ name }) => name === 'ask-envoy.ts')?.text).toContain('{ socketPath: ');
    // The other two ask for a list of addresses and for node's own roots.
    expect(files.find(({ name }) => name === 'address.ts')?.text).toContain(
      "import { BlockList, isIPv4 } from 'node:net'",
    );
    expect(files.find(({ name }) => name === 'roots.ts')?.text).toContain(
      "import { rootCertificates } from 'node:tls'",
    );
    expect(naming(/\.listen\(|createServer/)).toEqual(['ready-port.ts']);
  });

  it('four files touch the file system to write', () => {
    expect(
      naming(
        /\b(?:write(?:File)?|truncate|rename|rm|mkdir|chmod|chown|unlink|append(?:File)?|copyFile|symlink|link)Sync\(/,
      ),
    ).toEqual(['atomic-file.ts', 'health.ts', 'keeper.ts', 'trust.ts']);
    expect(naming(/from 'node:fs\/promises'/)).toEqual(['secret-source.ts']);
  });

  it('one file reads the environment', () => {
    expect(naming(/process\.env/)).toEqual(['main.ts']);
  });

  it('starts no process, evaluates no code, and prints by two files only', () => {
    expect(naming(/child_process|worker_threads|node:vm|\beval\(|new Function|\bimport\(|require\(/)).toEqual([]);
    expect(naming(/console\.|process\.std(?:out|err)/)).toEqual(['main.ts', 'serve.ts']);
  });

  it('depends on three libraries', () => {
    const imported = files.flatMap(({ text }) =>
      [...text.matchAll(/from '((?!\.|node:)[^']+)'/g)].map(([, name]) => name),
    );
    expect([...new Set(imported)].sort()).toEqual(['@peculiar/asn1-schema', '@peculiar/asn1-x509', 'aws4fetch']);
  });

  it('finds at all what it looks for', () => {
    expect(naming(/randomBytes/)).toEqual(['certificate.ts']);
  });
});
