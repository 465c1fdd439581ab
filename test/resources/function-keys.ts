interface Schema {
  anyOf?: readonly Schema[];
  items?: Schema;
  properties?: Readonly<Record<string, Schema>>;
  patternProperties?: Readonly<Record<string, Schema>>;
  additionalProperties?: Schema | boolean;
  propertyNames?: { pattern?: string };
}

/** Paths of the keys whose values may be CloudFormation functions: `[]` is an entry of a list, `NAME` one of a map. */
export function functionKeys(given: object, path = ''): string[] {
  const schema = given as Schema;
  const within = (name: string, value: Schema) =>
    functionKeys(value, path === '' || name === '[]' ? path + name : `${path}.${name}`);
  if (schema.propertyNames?.pattern?.includes('Fn::') === true) return [path];
  const { anyOf = [], items, properties = {}, patternProperties = {}, additionalProperties } = schema;
  return [
    ...anyOf.flatMap((branch) => functionKeys(branch, path)),
    ...(items === undefined ? [] : within('[]', items)),
    ...Object.entries(properties).flatMap(([name, value]) => within(name, value)),
    ...Object.values(patternProperties).flatMap((value) => within('NAME', value)),
    ...(typeof additionalProperties === 'object' ? within('NAME', additionalProperties) : []),
  ];
}
