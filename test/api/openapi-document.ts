import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

interface MediaType {
  readonly schema?: object;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaType>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, MediaType>> }>>;
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const FILE = fileURLToPath(new URL("../../dist/web/openapi.json", import.meta.url));
const BODILESS = [204, 206, 304, 307, 416];

export async function readDocument(): Promise<OpenApiDocument> {
  return JSON.parse(await readFile(FILE, "utf8")) as OpenApiDocument;
}

/** Holds answers against the document. What it does not name must not be there either. */
export class DocumentCheck {
  readonly #document: OpenApiDocument;
  readonly #ajv = new Ajv2020({ strict: false, formats: { "date-time": /^\d{4}-\d\d-\d\dT[\d:.]+Z$/ } });
  readonly #validators = new Map<object, ValidateFunction>();
  /** Operations with a status that was answered: `getHealth 200`. */
  readonly seen = new Set<string>();

  constructor(document: OpenApiDocument) {
    this.#document = document;
    for (const [name, schema] of Object.entries(document.components.schemas))
      this.#ajv.addSchema(closed(schema), `#/components/schemas/${name}`);
  }

  /** The operation that a request is meant for: that with the fewest parameters whose values fit. */
  find(method: string, url: URL): Operation | undefined {
    const fitting = Object.entries(this.#document.paths).filter(([template, operations]) => {
      const operation = operations[method.toLowerCase()];
      return operation !== undefined && this.#fits(template, operation, url.pathname);
    });
    const [best] = fitting.toSorted(([a], [b]) => literalLength(b) - literalLength(a));
    return best?.[1][method.toLowerCase()];
  }

  /** What of an answer contradicts the document; nothing where it is as it should be. */
  async complaint(method: string, response: Response): Promise<string | undefined> {
    const where = `${method} ${response.url}: ${response.status}`;
    const operation = this.find(method, new URL(response.url));
    if (!operation) return `${where}, which is in no document`;
    this.seen.add(`${operation.operationId} ${response.status}`);
    const described = operation.responses[String(response.status)];
    if (!described) return `${where}, which ${operation.operationId} does not have`;
    const type = response.headers.get("content-type") ?? "";
    const body = await response.text();
    if (BODILESS.includes(response.status) && !described.content) return undefined;
    const media = Object.entries(described.content ?? {}).find(([name]) => matches(type, name))?.[1];
    if (!media) return `${where} with ${type}, which ${operation.operationId} does not have`;
    if (!media.schema) return undefined;
    const validate = this.#validatorOf(media.schema);
    return validate(JSON.parse(body)) ? undefined : `${where}: ${this.#ajv.errorsText(validate.errors)}`;
  }

  #fits(template: string, { parameters = [] }: Operation, pathname: string): boolean {
    const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    const pattern = template
      .replaceAll(".", "\\.")
      .replace(/\{(\w+)\}/g, (_, name) => (name === "path" ? "(.+)" : "([^/]+?)"));
    const match = new RegExp(`^${pattern}$`).exec(pathname);
    return (
      match !== null &&
      names.every((name, k) => {
        const parameter = parameters.find((one) => one.in === "path" && one.name === name);
        return (
          parameter !== undefined && this.#validatorOf(parameter.schema)(decodeURIComponent(match[k + 1]!))
        );
      })
    );
  }

  #validatorOf(schema: object): ValidateFunction {
    const known = this.#validators.get(schema) ?? this.#ajv.compile(closed(schema));
    this.#validators.set(schema, known);
    return known;
  }
}

/** A schema that takes no property which it does not name. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T;
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isObject = inner.type === "object" && inner.properties !== undefined;
  return (
    isObject && inner.additionalProperties === undefined ? { ...inner, additionalProperties: false } : inner
  ) as T;
}

function literalLength(template: string): number {
  return template.replace(/\{\w+\}/g, "").length;
}

function matches(type: string, described: string): boolean {
  return described.endsWith("/*") ? type.startsWith(described.slice(0, -1)) : type === described;
}
