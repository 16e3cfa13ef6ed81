/** The stage with the real programs that write metrics to Kafka. They are built once into the cache. */
import { printLine, UserError } from '../bootstrap/console-output.mjs'
import { buildFieldPrograms } from '../field/field-programs.ts'
import { ensureKafkaJars } from '../stack/servers/kafka-install.ts'
import { runVitest } from './runners.ts'
import type { Count } from './test-counts.ts'

export async function runField(results: string, options: readonly string[]): Promise<Count> {
  try {
    await buildFieldPrograms(printLine)
    await ensureKafkaJars(printLine)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    printLine(`field cannot run: ${error.message}`)
    return { passed: 0, failed: 1 }
  }
  return runVitest('field', results, options)
}
