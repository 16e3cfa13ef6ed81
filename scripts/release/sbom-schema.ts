import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'

/** The package is CommonJS with types of an ES module. */
const { default: addFormats } = formats as unknown as { readonly default: (ajv: Ajv) => Ajv }
const require = createRequire(import.meta.url)
const home = dirname(require.resolve('@cyclonedx/cyclonedx-library/package.json'))

/**
 * Checks a bill of materials against the schema of CycloneDX 1.6 that comes with its library. The library's own
 * validator does the same, but requires one more package for two formats, which are taken as they are here.
 * @returns one line for each difference
 */
export function sbomProblems(sbom: string): string[] {
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats(ajv)
  ajv.addFormat('iri-reference', true).addFormat('idn-email', true)
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) {
    const file = schemaOf(`${name}.SNAPSHOT.schema.json`)
    ajv.addSchema(file, `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`)
  }
  const isValid = ajv.compile(schemaOf('bom-1.6.SNAPSHOT.schema.json'))
  if (isValid(JSON.parse(sbom))) return []
  return (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`)
}

/** Version of the library, for the bill of materials. */
export function libraryVersion(): string {
  return (JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string }).version
}

function schemaOf(name: string): object {
  return JSON.parse(readFileSync(join(home, 'res', 'schema', name), 'utf8')) as object
}
