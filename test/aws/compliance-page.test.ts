import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { agentStack, type Json } from './stack';

const PAGE = readFileSync(join(__dirname, '../../docs/compliance.md'), 'utf8');
const template = Template.fromStack(agentStack().stack);

interface Line {
  readonly asks: string;
  readonly text: string;
}

/** The rows of a table between two marks: what is asked for, and the last column. */
function lines(mark: string): Line[] {
  const between = PAGE.slice(PAGE.indexOf(`<!-- ${mark} -->`), PAGE.indexOf(`<!-- /${mark} -->`));
  const rows = between.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) => {
    const cells = row.split('|').map((cell) => cell.trim());
    return { asks: cells[1] ?? '', text: cells.at(-2) ?? '' };
  });
}

/** Everything at a path; `[]` is every element, and what isn't there is undefined. */
function valuesAt(value: Json | undefined, path: readonly string[]): (Json | undefined)[] {
  const [first, ...rest] = path;
  if (first === undefined) return [value];
  const name = first.replace(/\[\]$/, '');
  const inner = typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined;
  if (!first.endsWith('[]')) return valuesAt(inner, rest);
  return Array.isArray(inner) ? inner.flatMap((one) => valuesAt(one, rest)) : [undefined];
}

const SHAPE =
  /^(?:no `(?<none>[A-Za-z0-9:]+)`|(?<how>each|some) `(?<type>[A-Za-z0-9:]+)` `(?<path>[A-Za-z0-9.[\]]+)` = (?<value>absent|set|`.+`))$/;

/** Whether a line of the page is true of a template; throws for a line that nothing reads. */
function holds(text: string, of: Template): boolean {
  const { none, how, type = '', path = '', value = '' } = SHAPE.exec(text)?.groups ?? {};
  if (none !== undefined) return Object.keys(of.findResources(none)).length === 0;
  if (how === undefined) throw new Error(`no line of this shape: ${text}`);
  // The library types a template loosely.
  const resources = Object.values(of.findResources(type)) as { Properties?: Json }[];
  const found = resources.map(({ Properties }) => valuesAt(Properties, path.split('.')));
  const fits = (one: Json | undefined): boolean => {
    if (value === 'absent') return one === undefined;
    if (value === 'set') return one !== undefined;
    return JSON.stringify(one) === value.slice(1, -1);
  };
  if (resources.length === 0) return false;
  return how === 'each' ? found.flat().every(fits) : found.flat().some(fits);
}

test.each(lines('controls'))('has what is asked for: $asks', ({ text }) => {
  expect([text, holds(text, template)]).toEqual([text, true]);
});

test.each(lines('gaps'))('has not, and says so: $asks', ({ text }) => {
  expect([text, holds(text, template)]).toEqual([text, true]);
});

test('a line is false when the property is another, and when no resource has the type', () => {
  expect(holds('each `AWS::ECS::Service` `PlatformVersion` = `"1.4.0"`', template)).toBe(false);
  expect(holds('each `AWS::ECS::TaskDefinition` `ContainerDefinitions[].Privileged` = `true`', template)).toBe(false);
  expect(holds('no `AWS::ECS::Service`', template)).toBe(false);
  expect(holds('each `AWS::RDS::DBInstance` `PubliclyAccessible` = absent', template)).toBe(false);
  expect(() => holds('something else', template)).toThrow('no line of this shape');
  expect(lines('controls').length).toBeGreaterThan(20);
});
