import type { FieldMapping } from '#shared/metric/mapping/field-mapping.ts'

/** Says what is wrong with a text, after its place. */
export const unwritableText = 'expected text without NUL and without broken characters'

/**
 * JSON can contain NUL and unpaired surrogates, PostgreSQL cannot.
 * @returns the places of such texts: `node`, `house.cpu_usage`
 */
export function unwritablePaths({ house = {}, ...mapping }: Partial<FieldMapping>): string[] {
  const inHouse = Object.entries(house).map(([name, text]) => [`house.${name}`, text] as const)
  return [...Object.entries(mapping), ...inHouse]
    .filter(([, text = '']) => text.includes('\0') || !text.isWellFormed())
    .map(([path]) => path)
}
