import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isMap, mapValues, parseObject } from '../../shared/json';
import { NESTED_STACK, templateFileOf } from '../../shared/nested-stack';
import type { CompiledTemplate } from './stack';

/** Files of templates by their names, as the package has them. */
type ReadTemplate = (name: string) => Promise<PackagedTemplate | undefined>;

interface PackagedTemplate extends CompiledTemplate {
  Parameters?: Record<string, unknown>;
  Outputs?: Record<string, { Value?: unknown } | undefined>;
}

/** All resources of a package: those of its template, and of the nested ones that are in the package, too. */
export async function readPackage(folder: string, templateFile: string): Promise<CompiledTemplate> {
  const text = await readFile(path.join(folder, templateFile), 'utf8');
  const read: ReadTemplate = async (name) => {
    // A template that is only in a bucket cannot be read.
    const content = await readFile(path.join(folder, name), 'utf8').catch(() => '');
    return parseObject(content) as unknown as PackagedTemplate | undefined;
  };
  return { Resources: await flatten(JSON.parse(text) as PackagedTemplate, read) };
}

type Resources = CompiledTemplate['Resources'];

/** Puts the resources of nested stacks in the place of the stacks, and what was said across their borders to rights. */
async function flatten(template: PackagedTemplate, read: ReadTemplate): Promise<Resources> {
  const own: Resources = {};
  const inner: Resources = {};
  const outputs = new Map<string, unknown>();
  for (const [id, resource] of Object.entries(template.Resources)) {
    const nested = resource?.Type === NESTED_STACK ? await nestedIn(resource.Properties, read) : undefined;
    if (nested === undefined) own[id] = resource;
    else {
      const inlined = await inline(nested, { id, resource, parent: template.Resources, read });
      Object.assign(inner, inlined.resources);
      for (const [name, value] of Object.entries(inlined.outputs))
        outputs.set(`${id}.Outputs.${name}`, value);
    }
  }
  const resolved = (value: unknown): unknown =>
    replaceRefs(value, { attribute: (name) => outputs.get(name), again: resolved });
  return mapValues({ ...own, ...inner }, (resource) => resolved(resource) as typeof resource);
}

interface NestedStack {
  id: string;
  resource: Resources[string];
  /** Of the template in which it is. */
  parent: Resources;
  read: ReadTemplate;
}

/** What a nested template has, said as its parent would say it. */
async function inline(nested: PackagedTemplate, { id, resource, parent, read }: NestedStack) {
  const resources = await flatten(nested, read);
  const rename = renaming(id, resources, parent);
  const parameters = parametersOf(nested, resource?.Properties?.Parameters);
  const change = (value: unknown) => replaceRefs(value, { ref: (name) => parameters.get(name), rename });
  return {
    resources: Object.fromEntries(
      Object.entries(resources).map(([name, each]) => [rename(name), change(each) as typeof each]),
    ),
    outputs: mapValues(nested.Outputs ?? {}, (output) => change(output?.Value)),
  };
}

async function nestedIn(
  properties: Record<string, unknown> | undefined,
  read: ReadTemplate,
): Promise<PackagedTemplate | undefined> {
  const name = templateFileOf(properties?.TemplateURL);
  const template = name === undefined ? undefined : await read(name);
  return isMap(template?.Resources) ? template : undefined;
}

/** Given by the parent, or a default. */
function parametersOf({ Parameters = {} }: PackagedTemplate, given: unknown): Map<string, unknown> {
  const entries = Object.entries(Parameters).map(([name, declared]) => {
    const value = isMap(given) ? given[name] : undefined;
    return [name, value ?? (isMap(declared) ? declared.Default : undefined)] as const;
  });
  return new Map(entries.filter(([, value]) => value !== undefined));
}

/** Two templates may have a logical id each: the nested one's is then told apart by its stack's. */
function renaming(stackId: string, nested: Resources, parent: Resources): (id: string) => string {
  return (id) => (id in nested && id in parent ? `${stackId}${id}` : id);
}

interface Replacing {
  /** In place of `Ref NAME`; undefined: it stays. */
  ref?: (name: string) => unknown;
  /** In place of `Fn::GetAtt` of `ID.NAME`; undefined: it stays. */
  attribute?: (name: string) => unknown;
  rename?: (id: string) => string;
  /** Done to what was put in. */
  again?: (value: unknown) => unknown;
}

function replaceRefs(value: unknown, by: Replacing): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => replaceRefs(each, by));
  if (!isMap(value)) return value;
  const entries = Object.entries(value);
  const [name, argument] = entries.length === 1 ? entries[0]! : ['', undefined];
  return REPLACED[name]?.(argument, by) ?? mapValues(value, (each) => replaceRefs(each, by));
}

/** The functions that name something, by their names. */
const REPLACED: Readonly<Record<string, (argument: unknown, by: Replacing) => unknown>> = {
  Ref: (argument, by) => {
    const name = String(argument);
    return put(by.ref?.(name), by) ?? { Ref: by.rename?.(name) ?? name };
  },
  'Fn::GetAtt': (argument, by) => {
    const [id = '', ...rest] = (Array.isArray(argument) ? argument.join('.') : String(argument)).split('.');
    const name = rest.join('.');
    return put(by.attribute?.(`${id}.${name}`), by) ?? { 'Fn::GetAtt': [by.rename?.(id) ?? id, name] };
  },
  'Fn::Sub': (argument, by) => ({ 'Fn::Sub': replaceInText(argument, by) }),
};

function put(found: unknown, { again }: Replacing): unknown {
  return found === undefined || again === undefined ? found : again(found);
}

/** `${NAME}` in a text becomes a variable of it, if something takes its place. */
function replaceInText(argument: unknown, by: Replacing): unknown {
  const [text, variables = {}] = (Array.isArray(argument) ? argument : [argument]) as unknown[];
  if (typeof text !== 'string' || !isMap(variables)) return argument;
  const more: Record<string, unknown> = {};
  const changed = text.replaceAll(/\$\{([\w:.]+)\}/g, (whole, name: string) => {
    if (name in variables) return whole;
    const function_ = name.includes('.') ? { 'Fn::GetAtt': name.split('.') } : { Ref: name };
    const variable = `Nested${Object.keys(more).length}`;
    more[variable] = replaceRefs(function_, by);
    return `\${${variable}}`;
  });
  const given = mapValues(variables, (each) => replaceRefs(each, by));
  return [changed, { ...given, ...more }];
}
