/** What a report of the proof looks like elsewhere: SARIF for code review, one page for people. Pure. */
export { page, type PageInput } from './page';
export { sarif, type ClaimText, type SarifInput } from './sarif';
export type { Source } from './sources';
