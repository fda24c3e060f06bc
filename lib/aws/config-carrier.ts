import { gunzipSync, gzipSync, strFromU8, strToU8 } from 'fflate';

/**
 * Packs the compiled files of a run directory into one line of text that fits an environment variable:
 * base64 of gzip of the JSON object path → content. The same bytes on every machine: the compressor is plain
 * JavaScript and writes no time (node's own zlib varies with the processor).
 */
export function packFiles(files: Readonly<Record<string, string>>): string {
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  const bytes = gzipSync(strToU8(JSON.stringify(sorted)), { level: 9, mtime: 0 });
  return btoa(strFromU8(bytes, true));
}

/** What `packFiles` packed, byte for byte. Throws when the text isn't of that form. */
export function unpackFiles(packed: string): Readonly<Record<string, string>> {
  const files: unknown = JSON.parse(strFromU8(gunzipSync(strToU8(atob(packed), true))));
  if (typeof files !== 'object' || files === null)
    throw new Error('carrier: expected a JSON object of files [carrier-malformed]');
  return Object.fromEntries(
    Object.entries(files).map(([path, text]: [string, unknown]) => {
      if (typeof text !== 'string') throw new Error(`carrier.${path}: expected text [carrier-malformed]`);
      return [path, text];
    }),
  );
}
