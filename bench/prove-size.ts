/**
 * How quick the proof is on templates of N resources, and how much memory it needs: each size in a process of its own,
 * after one warm-up. `npx tsx bench/prove-size.ts --help` says how it is asked.
 */
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { prove } from '../lib/proof';
import { largeConfiguration } from '../test/proof/gcp/large';
import { largeTemplate } from '../test/proof/large';
import { planned, written } from '../test/proof/terraform/forms';
import { writeTerraform } from '../test/proof/terraform/write-terraform';

const HELP = `Usage: tsx bench/prove-size.ts [options]
  --resources N,N   how many resources; one measurement each   (500,5000)
  --runs N          how often each; the best counts            (4)
  --form FORM       cloudformation: AWS as a template of CloudFormation; terraform: as Terraform's JSON; plan: as its plan;
                    gcp: Google Cloud as Terraform's JSON   (cloudformation)
  --json            one JSON document
`;

const FORMS = {
  cloudformation: (resources: number) => ({ Resources: largeTemplate(resources) }),
  terraform: (resources: number) => written(writeTerraform(largeTemplate(resources))),
  plan: (resources: number) => planned(writeTerraform(largeTemplate(resources))),
  gcp: (resources: number) => ({ resource: largeConfiguration(resources) }),
};
type Form = keyof typeof FORMS;

interface Measurement {
  readonly resources: number;
  readonly milliseconds: number;
  /** The process's resident set at its highest, in MB: node itself and the template's text are in it. */
  readonly peakMB: number;
}

/** Milliseconds of processor time, the best of some runs: what else the machine does isn't measured. */
function measure(resources: number, runs: number, form: Form): Measurement {
  const document = FORMS[form](resources);
  const times = Array.from({ length: runs + 1 }, () => {
    const start = process.cpuUsage();
    prove([{ name: 'large', document }]);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  const milliseconds = Math.round(Math.min(...times.slice(1)));
  return { resources, milliseconds, peakMB: Math.round(process.resourceUsage().maxRSS / 1024) };
}

function main(): void {
  const { values } = parseArgs({
    options: {
      resources: { type: 'string', default: '500,5000' },
      runs: { type: 'string', default: '4' },
      form: { type: 'string', default: 'cloudformation' },
      json: { type: 'boolean', default: false },
      one: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const form = Object.keys(FORMS).find((one): one is Form => one === values.form);
  if (!form) throw new Error(`--form: expected one of ${Object.keys(FORMS).join(', ')}, got ${values.form}`);
  const [runs, counts] = [Number(values.runs), values.resources.split(',').map(Number)];
  if (values.one) return void process.stdout.write(JSON.stringify(measure(counts[0] ?? 0, runs, form)));
  const table = counts.map((count) => {
    const asked = ['--one', '--resources', String(count), '--runs', String(runs), '--form', form];
    const args = [...process.execArgv, __filename, ...asked];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Measurement; // written just above
  });
  if (values.json) process.stdout.write(`${JSON.stringify(table)}\n`);
  else console.table(table);
}

main();
