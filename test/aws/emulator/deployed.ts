import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { asList, asObject, type Json, type Resource } from '../stack';
import { ACCOUNT, type EmulatedAccount, REGION } from './emulator';

export const STACK = 'Anchorhold';
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Region': REGION,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** A synthesized template beside what became of it. */
export class Deployed {
  /** Reads `folder`, what the CDK synthesized last, and the ids its resources were given. */
  static async read(account: EmulatedAccount, folder: string): Promise<Deployed> {
    // A template's shape is CloudFormation's own.
    const template = JSON.parse(readFileSync(join(folder, `${STACK}.template.json`), 'utf8')) as Template;
    const ids = new Map<string, string>();
    const client = new CloudFormationClient(account.client);
    for await (const page of paginateListStackResources({ client }, { StackName: STACK }))
      for (const one of page.StackResourceSummaries ?? [])
        ids.set(one.LogicalResourceId ?? '', one.PhysicalResourceId ?? '');
    return new Deployed(template, ids);
  }

  private constructor(
    private readonly template: Template,
    private readonly ids: ReadonlyMap<string, string>,
  ) {}

  /** The types in the template, each once. */
  get types(): readonly string[] {
    return [...new Set(Object.values(this.template.Resources).map(({ Type: type }) => type))].sort();
  }

  /** Resources of one type: their id in the account, and their properties with every function answered. */
  all(
    type: string,
  ): { readonly logical: string; readonly id: string; readonly properties: Readonly<Record<string, Json>> }[] {
    return Object.entries(this.template.Resources)
      .filter(([, one]) => one.Type === type)
      .map(([logical, { Properties }]) => ({
        logical,
        id: this.idOf(logical),
        properties: asObject(this.answer({ ...Properties })),
      }));
  }

  private idOf(logical: string): string {
    const id = this.ids.get(logical);
    if (id === undefined) throw new Error(`${logical} was not deployed`);
    return id;
  }

  private answer(value: Json): Json {
    if (Array.isArray(value)) return value.map((one) => this.answer(one));
    if (typeof value !== 'object' || value === null) return value;
    const [[name = '', argument = null] = []] = Object.entries(value);
    if (name === 'Ref' && typeof argument === 'string') return PSEUDO[argument] ?? this.idOf(argument);
    if (name === 'Fn::Join') {
      const [by, parts] = asList(argument);
      return asList(this.answer(parts ?? [])).join(String(by));
    }
    if (name === 'Fn::FindInMap') {
      const [map, ...keys] = asList(this.answer(argument)).map(String);
      return keys.reduce<Json>(
        (found, key) => asObject(found)[key] ?? null,
        this.template.Mappings?.[map ?? ''] ?? null,
      );
    }
    if (name === 'Fn::GetAtt') return this.attribute(asList(argument).map(String));
    if (name === 'Fn::GetAZs') return ['a', 'b', 'c'].map((zone) => `${REGION}${zone}`);
    if (name === 'Fn::Split') {
      const [by, text] = asList(this.answer(argument)).map(String);
      return (text ?? '').split(by ?? '');
    }
    if (name === 'Fn::Select') {
      const [index, list] = asList(this.answer(argument));
      return asList(list)[Number(index)] ?? null;
    }
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.answer(one)]));
  }

  private attribute([logical = '', attribute = '']: readonly string[]): Json {
    const id = this.idOf(logical);
    const { Type: type } = this.template.Resources[logical] ?? {};
    if (attribute === 'Arn' && type === 'AWS::IAM::Role') return `arn:aws:iam::${ACCOUNT}:role/${id}`;
    if (attribute === 'Arn' && type === 'AWS::Logs::LogGroup')
      return `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${id}:*`;
    // As `emulator.py` makes them.
    if (attribute === 'DnsEntries') return [`Z1EMULATED:${id}.${REGION}.vpce.amazonaws.com`];
    if (attribute === 'GroupId' || attribute === 'VpcId' || id.startsWith('arn:')) return id;
    return `${logical}.${attribute}`;
  }
}

interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Mappings?: Readonly<Record<string, Json>>;
}
