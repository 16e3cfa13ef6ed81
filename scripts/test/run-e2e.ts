/**
 * The end-to-end stage. Chromium refuses its sandbox to root, and the sandbox is part of what is tested: root hands the
 * stage to an ordinary user.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { runInForeground } from '../bootstrap/run-command.mjs'
import { printLine, UserError } from '../bootstrap/console-output.mjs'
import { ensureBuild } from '../console/build.ts'
import { ensureKafkaJars } from '../stack/servers/kafka-install.ts'
import { canSwitchUser, runAsOrdinaryUser } from './ordinary-user.ts'
import { type Count, countPlaywright } from './test-counts.ts'

const root = join(import.meta.dirname, '..', '..')
const playwright = ['node_modules/@playwright/test/cli.js', 'test'] as const

/** @param options of Playwright, such as `--grep` */
export async function runEndToEnd(results: string, options: readonly string[]): Promise<Count> {
  const report = join(results, 'e2e.json')
  rmSync(report, { force: true })
  try {
    await ensureBuild()
    await ensureKafkaJars(printLine) // here, where the cache may be written
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    printLine(`e2e cannot run: ${error.message}`)
    return { passed: 0, failed: 1 }
  }
  return countPlaywright(report, await runPlaywright({ results, report, args: [...playwright, ...options] }))
}

interface PlaywrightRun {
  readonly results: string
  readonly report: string
  readonly args: readonly string[]
}

async function runPlaywright({ results, report, args }: PlaywrightRun): Promise<number> {
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    if (await canSwitchUser()) return runAsOrdinaryUser({ root, results, reportName: 'e2e.json', args })
    printLine('root cannot mount or create users here: e2e runs as root, without the sandbox')
  }
  return runInForeground(process.execPath, [...args], { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report })
}
