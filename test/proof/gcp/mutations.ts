import type { ClaimId } from '../../../lib/proof';
import { ACCOUNTS } from './mutations-accounts';
import { NETWORK } from './mutations-network';
import { PROXY } from './mutations-proxy';
import type { Resources } from './reference';

/** One protection of our own stack on Google Cloud, and what opens when it is taken away. */
export interface Mutation {
  readonly protection: string;
  readonly remove: (resources: Resources) => void;
  /** Claims that turn open. */
  readonly opens: readonly ClaimId[];
  /** Claims that turn unproven. @default - none */
  readonly unproven?: readonly ClaimId[];
  /** Where nothing opens: the protection behind it, by its name in this table. Without both, `together` opens. */
  readonly heldBy?: string;
  /** Claims that open without both. */
  readonly together?: readonly ClaimId[];
}

/** Every protection of our own stack that a Terraform document can show. */
export const MUTATIONS: readonly Mutation[] = [...NETWORK, ...ACCOUNTS, ...PROXY];
