import { Stack } from 'aws-cdk-lib';
import type { TaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { hardeningProblems, renderedContainers } from './hardening-problems';

/** How a proxy's task was changed after it was built. None: it runs the policy it was given, as it was hardened. */
export function proxyProblems(definition: TaskDefinition): string[] {
  return [...hardeningProblems(definition, 'proxy'), ...wordProblems(definition)];
}

/** What Envoy and keeper are started with: another file or command there is another policy than the one that was reviewed. */
function wordProblems(definition: TaskDefinition): string[] {
  const stack = Stack.of(definition);
  const text = (value: unknown) => JSON.stringify(stack.resolve(value) ?? []);
  return ['keeper', 'envoy'].flatMap((name) => {
    const built = definition.findContainer(name)?.renderContainerDefinition();
    const found = renderedContainers(definition).find(({ Name }) => Name === name) ?? {};
    const variables = [built?.environment ?? []].flat() as readonly { name?: string; value?: string }[]; // the library's own list
    const pairs = variables.map(({ name: Name, value: Value }) => ({ Name, Value }));
    const words = [
      ['command', built?.command, found.Command],
      ['entryPoint', built?.entryPoint, found.EntryPoint],
      ['environment', pairs, found.Environment],
    ] as const;
    return words
      .filter(([, want, got]) => text(want) !== text(got))
      .map(
        ([prop]) =>
          `proxy.${name}.${prop}: expected what it was built with, got another: Envoy would run another policy than the one that was compiled; take back what overrides it [proxy-changed]`,
      );
  });
}
