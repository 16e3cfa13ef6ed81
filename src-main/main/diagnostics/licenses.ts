import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { About } from '#shared/ipc/app-views.ts'

const Licenses = About.shape.licenses
type Licenses = z.infer<typeof Licenses>

/** Libraries that the build wrote beside each bundle, by name. Without a build there is no list. */
export function readLicenses(paths: readonly string[]): Licenses {
  const found = new Map<string, Licenses[number]>()
  for (const path of paths) for (const one of listIn(path)) found.set(`${one.name} ${one.version}`, one)
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function listIn(path: string): Licenses {
  try {
    const read = Licenses.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    return read.success ? read.data : []
  } catch {
    return [] // as while developing
  }
}
