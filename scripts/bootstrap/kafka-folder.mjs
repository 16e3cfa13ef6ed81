// Folder of the jars of the pinned Kafka.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { cachePath } from './cache.mjs'

export const kafkaPom = fileURLToPath(new URL('../stack/kafka/pom.xml', import.meta.url))

/** @returns {{ version: string, folder: string, libs: string }} the folders may not exist yet */
export function kafkaFolder() {
  const version = /<kafka\.version>([^<]+)</.exec(readFileSync(kafkaPom, 'utf8'))?.[1]
  if (!version) throw new Error(`${kafkaPom} contains no Kafka version`)
  const folder = cachePath(`kafka-${version}`)
  return { version, folder, libs: `${folder}/libs` }
}
