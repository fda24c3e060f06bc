/** Files that hold credentials, by name and content: what no workspace and no image shows an agent. */
export { type CredentialFile, findCredentialFiles, whyHidden } from './find-credential-files';
