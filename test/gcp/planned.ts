import { readFileSync, writeFileSync } from 'node:fs';
import type { Json } from './stack';

/** A resource as a plan says it will be. */
export interface Planned {
  readonly type: string;
  readonly values: Readonly<Record<string, Json>>;
}

interface Module {
  readonly resources?: readonly Planned[];
  readonly child_modules?: readonly Module[];
}

/** What names one of each kind, most telling first. */
const NAMES = [
  'name',
  'account_id',
  'secret_id',
  'response_policy_name',
  'rule_name',
  'repository',
  'name_prefix',
  'role',
] as const;

/** The resources of a plan as `show -json` gives it, with those of its modules. */
export function plannedResources(plan: string): Planned[] {
  // Terraform's own document.
  const { planned_values } = JSON.parse(plan) as { planned_values: { root_module: Module } };
  return below(planned_values.root_module);
}

/** A line each, as expected.txt has it. */
export function plannedList(plan: string): string {
  const lines = plannedResources(plan).map(({ type, values }) => `${type} ${nameOf(values)}`.trim());
  return `${lines.sort().join('\n')}\n`;
}

/** What the list at a path says; UPDATE_EXPECTED=1 writes the plan's first. */
export function expectedList(path: string, plan: string): string {
  if (process.env.UPDATE_EXPECTED) writeFileSync(path, plannedList(plan));
  return readFileSync(path, 'utf8');
}

function below({ resources = [], child_modules = [] }: Module): Planned[] {
  return [...resources, ...child_modules.flatMap(below)];
}

function nameOf(values: Readonly<Record<string, Json>>): string {
  return String(NAMES.map((key) => values[key]).find((value) => typeof value === 'string') ?? '');
}
