import type { TerraformStack } from 'cdktf';

/** Versions of hashicorp/google that take what is written here. The oldest is that of the bindings. */
export const PROVIDER_RANGE = { source: 'hashicorp/google', version: '>= 6.50.0, < 9.0.0' } as const;

/** Lets a stack use today's google provider; the bindings' own pin is exactly 6.50.0. */
export function pinProvider(stack: TerraformStack): void {
  stack.addOverride('terraform.required_providers.google', PROVIDER_RANGE);
}
