/**
 * `node synthesize-examples.cjs OUT [DAYS]`: synthesizes every example of AWS into a folder of OUT, all in this process, as if it
 * were DAYS later.
 */
const { readdirSync } = require('node:fs');
const { join } = require('node:path');

const [, , out, days = '0'] = process.argv;
const shift = Number(days) * 24 * 60 * 60 * 1000;
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length > 0 ? given : [RealDate.now() + shift]));
  }
  static now() {
    return RealDate.now() + shift;
  }
};

const root = join(__dirname, '../..');
const runner = join(root, 'scripts/bundled.cjs');
process.env.CDK_CONTEXT_JSON = JSON.stringify(require(join(root, 'cdk.json')).context);
process.env.CDK_VALIDATION = 'false';
(async () => {
  for (const name of readdirSync(join(root, 'examples')).filter((one) => one.startsWith('aws-'))) {
    process.env.CDK_OUTDIR = join(out, name);
    process.argv[2] = join(root, 'examples', name, 'app.ts');
    delete require.cache[runner];
    require(runner);
    await new Promise(setImmediate);
  }
})();
