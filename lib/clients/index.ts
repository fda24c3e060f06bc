/** What makes common clients use the proxy and trust its authority, without a change to them. Pure: text in, text out. */
export { buildClientEnvironment, type ClientSite, PLACEHOLDER, TRUST_STORE_PASSWORD } from './client-environment';
