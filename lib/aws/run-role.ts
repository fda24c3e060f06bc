import { type Duration, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** The role of a launcher's state machine, which only Step Functions for this account takes. */
export function addLauncherRole(scope: Construct, description: string): Role {
  return new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('states.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
    description,
  });
}

/**
 * A run's longest time in seconds, for computes that end a run at it.
 * @throws Error `run-timeout`
 */
export function runSeconds(timeout: Duration, most: Duration): number {
  const seconds = timeout.toSeconds();
  if (seconds >= 60 && seconds <= most.toSeconds()) return seconds;
  throw new Error(
    `compute.timeout: expected 1 minute to ${most.toHours()} hours, got ${seconds} seconds; the run is ended at it [run-timeout]`,
  );
}
