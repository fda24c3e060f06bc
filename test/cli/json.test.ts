import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import { anchorhold, NOT_SOUND, policyFile, SOUND, temporaryDirectory } from './session';

const schemas = join(__dirname, '../../schemas');
const ajv = new Ajv({ strict: false });

function validate(command: string, document: unknown): unknown {
  const check = ajv.compile(JSON.parse(readFileSync(join(schemas, `${command}.schema.json`), 'utf8')));
  return check(document) ? [] : check.errors;
}

const sound = policyFile(SOUND);
const notSound = policyFile(NOT_SOUND);
const request = ['POST', 'https://api.model.example/v1/messages'];

test.each([
  ['check', [sound]],
  ['check', [notSound]],
  ['compile', [sound]],
  ['compile', [sound, '--show-policy']],
  ['compile', [sound, '--out', join(temporaryDirectory(), 'run')]],
  ['compile', [notSound]],
  ['explain', [sound, ...request]],
  ['explain', [sound, 'GET', 'https://other.example/']],
  ['explain', [notSound, ...request]],
])('%s --json %j is one document of its schema', async (command, args) => {
  const { out, err } = await anchorhold([command, ...args, '--json']);
  expect(err).toBe('');
  expect(out.endsWith('}\n')).toBe(true);
  const document: unknown = JSON.parse(out);
  expect(document).toMatchObject({ version: 1, command });
  expect(validate(command, document)).toEqual([]);
});

test('a schema refuses a document of another command', () => {
  expect(validate('check', { version: 1, command: 'explain', sound: false, problems: [] })).not.toEqual([]);
});
