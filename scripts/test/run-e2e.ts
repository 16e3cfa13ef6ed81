/** The end-to-end stage: the built console on a real Kafka. */
import { printLine, UserError } from '../bootstrap/console-output.mjs'
import { ensureBuild } from '../console/build.ts'
import { ensureKafkaJars } from '../stack/servers/kafka-install.ts'
import { runPlaywright } from './run-playwright.ts'
import type { Count } from './test-counts.ts'

/** @param options for Playwright, such as `--grep` */
export async function runEndToEnd(results: string, options: readonly string[]): Promise<Count> {
  try {
    await ensureBuild()
    await ensureKafkaJars(printLine) // here, because the tests cannot write the cache
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    printLine(`e2e cannot run: ${error.message}`)
    return { passed: 0, failed: 1 }
  }
  return runPlaywright('e2e', results, options)
}
