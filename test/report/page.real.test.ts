import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { hostilePage, pages } from './pages';

const CHROMIUM = '/usr/bin/chromium';
const ARGUMENTS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];
const PHONE = { width: 360, height: 740 };
const directory = mkdtempSync(join(tmpdir(), 'anchorhold-page-'));
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
beforeAll(async () => {
  if (existsSync(CHROMIUM)) browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
});
afterAll(async () => {
  await browser?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** What a page asked for and complained of beside showing itself. */
interface Watched {
  readonly page: Page;
  readonly requests: string[];
  readonly complaints: string[];
}

async function show(html: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const file = join(directory, 'page.html');
  writeFileSync(file, html);
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  const [requests, complaints]: [string[], string[]] = [[], []];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
  await page.goto(pathToFileURL(file).href);
  return { page, requests: requests.filter((url) => !url.startsWith('file:') && url !== 'data:,'), complaints };
}

const inBrowser = existsSync(CHROMIUM) ? describe : describe.skip;
const BADGE = "getComputedStyle(document.querySelector('.badge')).borderRadius";
const TITLE = "getComputedStyle(document.querySelector('h1')).color";
const HACKED = "'hacked' in window";
/** What axe finds, as text; every finding of the page is unfolded first. */
const AXE = `(async () => {
  document.querySelectorAll('details').forEach((details) => (details.open = true));
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations, passes } = await axe.run({ runOnly });
  return { violations: violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), passes: passes.map(({ id }) => id) };
})()`;

inBrowser(`in a real browser (skipped where ${CHROMIUM} isn’t)`, () => {
  const { empty, expired, ...kinds } = pages();
  const all = Object.entries({ ...kinds, empty, expired });
  const drawn = Object.entries(kinds);

  test.each(all)(
    'the page of the %s template asks for nothing and breaks no rule of its own policy',
    async (_, html) => {
      const { page, requests, complaints } = await show(html);
      expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });
      // The policy is the page's own: its style is in force, so the hash is right.
      expect(await page.evaluate(BADGE)).toBe('16px');
      await page.context().close();
    },
  );

  test('a script and a style that got into the page all the same are stopped by its policy, and by nothing else', async () => {
    const injected = `<script>window.hacked = true</script><style>h1 { color: #010203 }</style>`;
    const html = kinds.open.replace('</main>', `${injected}</main>`);
    const stopped = await show(html);
    expect([await stopped.page.evaluate(HACKED), await stopped.page.evaluate(TITLE)]).not.toContain('rgb(1, 2, 3)');
    expect(await stopped.page.evaluate(HACKED)).toBe(false);
    expect(stopped.complaints.join()).toContain('Content Security Policy');
    await stopped.page.context().close();
    const free = await show(html.replace('Content-Security-Policy', 'X-None'));
    expect([await free.page.evaluate(HACKED), await free.page.evaluate(TITLE)]).toEqual([true, 'rgb(1, 2, 3)']);
    await free.page.context().close();
  });

  test('a template whose ids are markup changes nothing: no element, no script, no dialog, no request', async () => {
    const { page, requests, complaints } = await show(hostilePage());
    expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });
    const made = "document.querySelectorAll('script, img, iframe, form, [onload], [onerror]').length";
    expect([await page.evaluate(made), await page.evaluate(HACKED)]).toEqual([0, false]);
    expect(await page.evaluate('document.body.textContent')).toContain('<script>window.hacked = 1</script>');
    await page.context().close();
  });

  test.each(drawn)(
    'the page of the %s template fits a phone of 360 pixels, can be read there, and prints',
    async (_, html) => {
      const { page } = await show(html, { viewport: PHONE });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
      expect(await page.locator('svg.narrow').first().isVisible()).toBe(true);
      expect(await page.locator('svg.wide').first().isVisible()).toBe(false);
      const text = await page.locator('svg.narrow .row .name').first().boundingBox();
      expect(text?.height).toBeGreaterThan(12);
      expect((text?.x ?? 0) + (text?.width ?? 0)).toBeLessThan(PHONE.width);
      expect((await page.pdf()).length).toBeGreaterThan(10_000);
      await page.context().close();
    },
  );

  test('hostile ids, which no hyphen breaks, fit a phone too', async () => {
    const { page } = await show(hostilePage(), { viewport: PHONE });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    await page.context().close();
  });

  test.each(drawn)('axe finds nothing in the page of the %s template, light and dark', async (_kind, html) => {
    const { page } = await show(html, { reducedMotion: 'reduce' });
    await page.evaluate(axe);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations, passes } = await page.evaluate<{ violations: unknown[]; passes: string[] }>(AXE);
      expect({ colorScheme, violations }).toEqual({ colorScheme, violations: [] });
      expect(passes).toEqual(expect.arrayContaining(['color-contrast', 'svg-img-alt', 'target-size']));
    }
    await page.context().close();
  });

  test('axe does find text that is too pale', async () => {
    const { page } = await show(
      kinds.open.replace('Content-Security-Policy', 'X-None').replace('--soft: #58616b', '--soft: #b0b4b8'),
    );
    await page.evaluate(axe);
    const { violations } = await page.evaluate<{ violations: [string][] }>(AXE);
    expect(violations.map(([id]) => id)).toContain('color-contrast');
    await page.context().close();
  });

  test('every claim and every finding is reached by keyboard in the order of the page, seen to be, and opened', async () => {
    const { page } = await show(kinds.open);
    const stops = await page.locator('a[href], summary').count();
    expect(stops).toBeGreaterThan(10);
    const focus = `[[...document.querySelectorAll('a[href], summary')].indexOf(document.activeElement),
      getComputedStyle(document.activeElement).outlineStyle]`;
    for (let stop = 0; stop < stops; stop += 1) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(focus)).toEqual([stop, 'solid']);
    }
    const last = page.locator('details').last();
    const before = await last.getAttribute('open');
    await page.keyboard.press('Enter');
    expect(await last.getAttribute('open')).not.toBe(before);
    await page.context().close();
  });

  test('nothing moves for who asked for less motion, and something does for others', async () => {
    const moving = async (reducedMotion: 'reduce' | 'no-preference') => {
      const { page } = await show(kinds.open, { reducedMotion });
      const named =
        "[...document.styleSheets[0].cssRules].some((rule) => rule.media?.mediaText.includes('no-preference') && matchMedia(rule.media.mediaText).matches)";
      const found = await page.evaluate(named);
      const animated = await page.evaluate("getComputedStyle(document.querySelector('.row.open .line')).animationName");
      await page.context().close();
      return [found, animated];
    };
    expect(await moving('reduce')).toEqual([false, 'none']);
    expect(await moving('no-preference')).toEqual([true, 'drawn']);
  });
});
