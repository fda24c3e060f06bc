import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './blocks';

const json = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Manifest;
const own = json('package.json');
const packages = json('package-lock.json').packages ?? {};
const page = readFileSync(join(ROOT, 'docs/dependencies.md'), 'utf8');
const tables = page
  .split(/^\| .* \| why \| licence \|\n.*\n/m)
  .slice(1)
  .map((text) => text.split('\n').filter((line) => line.startsWith('|')));

type Names = Readonly<Record<string, string>>;

interface Manifest {
  readonly dependencies?: Names;
  readonly devDependencies?: Names;
  readonly peerDependencies?: Names;
  readonly packages?: Readonly<
    Record<string, { license?: string; dependencies?: Names; optionalDependencies?: Names }>
  >;
}

/** The row of a table that names a package, by itself or by a `*` at its end. */
function rowOf(table: readonly string[] | undefined, name: string): string | undefined {
  return table?.find((row) =>
    [
      ...row
        .split('|')
        .slice(1, 2)
        .join('')
        .matchAll(/`([^`]+)`/g),
    ].some(([, written = '']) => (written.endsWith('*') ? name.startsWith(written.slice(0, -1)) : written === name)),
  );
}

/** A library that a cloud's user has stands in the second table, though tests need it too. */
const peers = Object.keys(own.peerDependencies ?? {});
const named: readonly [string, number][] = [
  ...Object.keys(own.dependencies ?? {}).map((name): [string, number] => [name, 0]),
  ...peers.map((name): [string, number] => [name, 1]),
  ...Object.keys(own.devDependencies ?? {})
    .filter((name) => !peers.includes(name))
    .map((name): [string, number] => [name, 2]),
];

test.each(named)('%s stands in its table with the licence it has', (name, table) => {
  const licence = packages[`node_modules/${name}`]?.license ?? 'none';
  expect(
    rowOf(tables[table], name)
      ?.split('|')[3]
      ?.split(',')
      .map((word) => word.trim()),
  ).toContain(licence);
});

test('no table names a library that isn’t used', () => {
  const written = tables.flat().flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)]);
  for (const [, name = ''] of written)
    expect(named.some(([used]) => (name.endsWith('*') ? used.startsWith(name.slice(0, -1)) : used === name))).toBe(
      true,
    );
});

test('the number of packages a user installs is the one that is said', () => {
  const found = new Set<string>();
  const follow = (names: readonly string[]): void => {
    for (const name of names.filter((one) => !found.has(one))) {
      found.add(name);
      const { dependencies = {}, optionalDependencies = {} } = packages[`node_modules/${name}`] ?? {};
      follow([...Object.keys(dependencies), ...Object.keys(optionalDependencies)]);
    }
  };
  follow(Object.keys(own.dependencies ?? {}));
  expect(page).toContain(`: ${found.size} packages,`);
});
