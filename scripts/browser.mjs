/** The browser that the tests of pages look at them with: Debian's Chromium. */
import { Refusal, say } from './say.mjs';
import { installSystemPackages } from './system-packages.mjs';

/** Installs it where that can be done. Elsewhere the tests that need it are skipped, and nothing else waits for it. */
export function ensureBrowser(machine = {}) {
  try {
    installSystemPackages({ signs: { chromium: 'chromium' }, ...machine });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say(`${error.message}\n  Until then the tests in a browser are skipped`);
  }
}
