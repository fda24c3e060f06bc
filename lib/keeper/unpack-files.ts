import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { isInside, makeDirectory, type Owner, writeAtomically } from './atomic-file';
import { KeeperError } from './keeper-error';

/** Bytes of the largest set of files, packed or not. */
export const LARGEST_FILES = 64 * 1024 * 1024;

/**
 * Writes compiled files into the run directory from one text: base64 of gzip of a JSON object, path → content, as
 * `packFiles` of the AWS layer makes it. Throws before anything is written when it isn't that.
 */
export function unpackFiles(packed: string, directory: string, owner?: Owner): void {
  const files = Object.entries(readPacked(packed));
  if (!files.every(([path, text]) => isInside(path) && typeof text === 'string'))
    throw new KeeperError(
      '--files-from: expected texts by relative paths inside the run directory, got another',
      'files-malformed',
    );
  for (const [path, text] of files) {
    makeDirectory(directory, join(directory, dirname(path)), owner);
    writeAtomically(join(directory, path), String(text), owner);
  }
}

function readPacked(packed: string): Readonly<Record<string, unknown>> {
  try {
    const bytes = gunzipSync(Buffer.from(packed, 'base64'), { maxOutputLength: LARGEST_FILES });
    const files: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof files === 'object' && files !== null) return { ...files };
  } catch {
    // The sentence below says it better than zlib or V8.
  }
  throw new KeeperError('--files-from: expected what packFiles made, got something else', 'files-malformed');
}
