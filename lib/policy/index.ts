/** The policy layer: what an agent may reach, checked, normalised and decided. Pure: no clock, network, file or construct. */
export * from './alphabet';
export { credentialId, credentialSecret } from './credential';
export { decide, findUpstream, ruleMethods } from './decide';
export { checkPolicy, definePolicy, type Checked } from './define-policy';
export { canonicalJson } from './digest';
export * from './document';
export { parseDocument, MAX_DOCUMENT_BYTES } from './parse-document';
export { pathExpression, pathText } from './path-pattern';
export * from './policy';
export { PRESETS, type Preset, type PresetSetting } from './presets';
export { PolicyError, type Problem } from './problem';
export { PROBLEM_CODES, type ProblemCode } from './problem-codes';
export { REASONS, type Reason } from './reason';
export { looksLikeSecret } from './secret-shape';
export { toDocument } from './to-document';
