import { schemaIssues } from '#shared/codec/schema-issues.ts'
import { schemaMessage } from '#shared/format/schema-message.ts'
import { type FieldMapping, MappingsFile } from '#shared/metric/mapping/field-mapping.ts'
import { unwritablePaths, unwritableText } from './unwritable.ts'

export type MappingsFileResult =
  | { readonly ok: true; readonly mappings: readonly FieldMapping[] }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Problems of one file that are listed. */
const problemsAtMost = 10

/** Reads a `MappingsFile` of JSON. Problems have the place of each value: `mappings.0.node: required`. */
export function parseMappingsFile(text: string): MappingsFileResult {
  const content = parsedJson(text)
  if (content instanceof Error) return { ok: false, problems: [`expected JSON: ${content.message}`] }
  const parsed = MappingsFile.safeParse(content, { error: schemaMessage })
  const problems = parsed.success ? problemsOf(parsed.data) : schemaIssues(parsed.error.issues).map(problemOf)
  if (parsed.success && problems.length === 0) return { ok: true, mappings: parsed.data.mappings }
  return { ok: false, problems: problems.slice(0, problemsAtMost) }
}

/** What the schema cannot say. */
function problemsOf({ mappings }: MappingsFile): string[] {
  return mappings.flatMap((mapping, i) =>
    unwritablePaths(mapping).map((path) => `mappings.${i}.${path}: ${unwritableText}`),
  )
}

function problemOf({ path, message }: { readonly path: readonly PropertyKey[]; readonly message: string }): string {
  const place = path.map(String).join('.')
  return place === '' ? message : `${place}: ${message}`
}

/** Some editors put a mark before the text. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    return error as Error
  }
}
