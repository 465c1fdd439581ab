/** The keywords of JSON Schema that the section's schema uses. */
export interface JsonSchema {
  $ref?: string;
  type?: string | readonly string[];
  description?: string;
  markdownDescription?: string;
  default?: unknown;
  pattern?: string;
  /** Of the language server for YAML: what it says in the place of the pattern. */
  patternErrorMessage?: string;
  enum?: readonly unknown[];
  const?: unknown;
  if?: JsonSchema;
  then?: JsonSchema;
  else?: JsonSchema;
  anyOf?: readonly JsonSchema[];
  items?: JsonSchema;
  properties?: Readonly<Record<string, JsonSchema>>;
  patternProperties?: Readonly<Record<string, JsonSchema>>;
  additionalProperties?: JsonSchema | boolean;
  propertyNames?: JsonSchema;
  required?: readonly string[];
  minProperties?: number;
  /** For json-schema-to-typescript: the type, where a schema says it too widely. */
  tsType?: string;
}
