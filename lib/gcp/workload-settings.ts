import { looksLikeSecret } from '../policy';

/** The platform takes no other numbers. */
const CPUS = ['1', '2', '4', '8'];
const MEMORY = /^\d+(?:Mi|Gi)$/;
const LONGEST_VALUE = 32_768;

/** What is wrong with a workload's plain variables; `ours` are names that are not the user's to set. */
export function environmentProblems(environment: Readonly<Record<string, string>>, ours?: RegExp): string[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    const problems: string[] = [];
    const where = `environment.${name}`;
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      problems.push(`${where}: expected letters, digits and underscores as a name [environment-name]`);
    if (ours?.test(name))
      problems.push(
        `${where}: expected a variable of your own, got one that leads to the proxy; leave it out [environment-ours]`,
      );
    if (looksLikeSecret(value))
      problems.push(
        `${where}: expected a plain setting, got something shaped like a key (not shown): whoever may read the service or the state could read it; keep it in Secret Manager [environment-secret]`,
      );
    else if (/[$%]\{/.test(value))
      problems.push(
        `${where}: expected plain text, got "\${" or "%{", which Terraform evaluates on the machine that deploys; leave it out [environment-template]`,
      );
    if (value.length > LONGEST_VALUE)
      problems.push(
        `${where}: expected at most ${LONGEST_VALUE} characters, got ${value.length} [environment-too-long]`,
      );
    return problems;
  });
}

/** What is wrong with a workload's size. */
export function sizeProblems(cpu: string, memory: string): string[] {
  const problems: string[] = [];
  if (!CPUS.includes(cpu)) problems.push(`cpu: expected one of ${CPUS.join(', ')}, got "${cpu}" [cpu-invalid]`);
  if (!MEMORY.test(memory))
    problems.push(`memory: expected a size such as "512Mi" or "2Gi", got "${memory}" [memory-invalid]`);
  else if (memory.endsWith('Mi') && Number.parseInt(memory, 10) < 512)
    problems.push(`memory: expected at least 512Mi, got "${memory}" [memory-invalid]`);
  return problems;
}
