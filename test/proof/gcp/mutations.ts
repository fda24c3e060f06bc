import type { Mutation as Law } from '../mutation-law';
import { ACCOUNTS } from './mutations-accounts';
import { NETWORK } from './mutations-network';
import { PROXY } from './mutations-proxy';
import type { Resources } from './reference';

export type Mutation = Law<Resources>;

/** Every protection of our own stack that a Terraform document can show. */
export const MUTATIONS: readonly Mutation[] = [...NETWORK, ...ACCOUNTS, ...PROXY];
