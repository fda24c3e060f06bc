import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const LIB = join(__dirname, '../../lib');
/** What a layer may import beside itself and libraries that are not named here: a row a layer. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  policy: [],
  envoy: ['policy'],
  proof: ['policy'],
  report: ['proof'],
  clients: ['policy'],
  'credential-files': ['node'],
  aws: ['policy', 'envoy', 'clients', 'credential-files', 'proof', 'aws-cdk-lib', 'node'],
  gcp: ['policy', 'envoy', 'clients', 'proof', 'cdktf'],
  keeper: ['policy', 'envoy', 'node'],
  twin: ['policy', 'envoy', 'clients', 'credential-files', 'keeper', 'node'],
  testing: ['policy', 'proof', 'node'],
  cli: ['policy', 'envoy', 'proof', 'report', 'keeper', 'twin', 'node'],
};
const files = Object.keys(MAY).flatMap((layer) =>
  readdirSync(join(LIB, layer), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [layer, name] as const),
);

/** Every module a file names, by `import`, `export … from`, `import()` or `require()`. */
function modules(layer: string, name: string): string[] {
  const text = readFileSync(join(LIB, layer, name), 'utf8');
  return [...text.matchAll(/(?:from|import|require\(|import\()\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

test.each(files)('lib/%s/%s imports only what its layer may, and of another layer only the index', (layer, name) => {
  const wrong = modules(layer, name).filter((module) => {
    if (module.startsWith('.')) {
      const path = join(layer, dirname(name), module);
      return !path.startsWith(`${layer}/`) && !(MAY[layer] ?? []).includes(path);
    }
    if (module.startsWith('node:')) return !(MAY[layer] ?? []).includes('node');
    const cloud = /^@?(?<cloud>aws-cdk-lib|cdktf)(?:\/|$)/.exec(module)?.groups?.cloud;
    return cloud !== undefined && !(MAY[layer] ?? []).includes(cloud);
  });
  expect(wrong).toEqual([]);
});

test('the table knows every layer that has files', () => {
  const layers = readdirSync(LIB, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const full = layers.map(({ name }) => name).filter((name) => readdirSync(join(LIB, name)).length > 0);
  expect(full.sort()).toEqual(Object.keys(MAY).sort());
});

test('reads imports at all', () => {
  expect(modules('envoy', 'compile.ts')).toContain('../policy');
});

test('of the google bindings only sub-paths are imported: the root costs five seconds and 450 MB', () => {
  const imported = readdirSync(join(LIB, 'gcp')).flatMap((name) => modules('gcp', name));
  const bindings = imported.filter((module) => module.startsWith('@cdktf/'));
  expect(bindings.filter((module) => !/^@cdktf\/provider-google\/lib\/[a-z0-9-]+$/.test(module))).toEqual([]);
  expect(bindings.length).toBeGreaterThan(20);
});
