import { rmSync } from 'node:fs';

/** Removes what test/global-setup.ts made. */
export default function teardown(): void {
  const folder = process.env['TMPDIR'];
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
