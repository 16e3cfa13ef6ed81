/** The stage of the packages: the app as its users install it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { printLine, UserError } from '../bootstrap/console-output.mjs'
import { runInForeground } from '../bootstrap/run-command.mjs'
import { ensureKafkaJars } from '../stack/servers/kafka-install.ts'
import { runInCleanRoot, whyNoCleanRoot } from './clean-root.ts'
import { mounts } from './ordinary-user.ts'
import { packageBefore } from './package-before.ts'
import { runVitest, vitestArguments } from './runners.ts'
import { type Count, countVitest } from './test-counts.ts'

const root = join(import.meta.dirname, '..', '..')
const reportName = 'package.json'
/** Tests of the files alone: they run everywhere. */
const filesOnly = ['tests/package/contents.test.ts', 'tests/package/release.test.ts']

/**
 * Builds the package of this system, and runs the tests on it: installed where it can be installed without a trace,
 * else on its files.
 * @param options for vitest, such as `-t`
 */
export async function runPackage(results: string, options: readonly string[]): Promise<Count> {
  const why = await whyNoCleanRoot()
  try {
    await makePackage(why === undefined ? ['--target', 'deb', '--compression', 'zstd'] : ['--target', 'dir'])
    if (why === undefined) return await runInstalled(results, options)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    printLine(`package cannot run: ${error.message}`)
    return { passed: 0, failed: 1 }
  }
  printLine(`the installed app is SKIPPED: ${why} Only the files of the package are tested.`)
  return { ...(await runVitest('package', results, [...filesOnly, ...options])), skipped: 1 }
}

async function runInstalled(results: string, options: readonly string[]): Promise<Count> {
  await ensureKafkaJars(printLine) // here, because the tests cannot write the cache
  const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version
  const name = `remo_${version}_${process.arch === 'arm64' ? 'arm64' : 'amd64'}.deb`
  const dist = join(mounts.checkout, 'dist')
  const folder = mkdtempSync(join(root, 'dist', 'before-'))
  try {
    const before = packageBefore(join(root, 'dist', name), folder)
    // The other loader of the configuration writes into the checkout, which belongs to root.
    const report = join(mounts.checkout, 'test-results', reportName)
    const args = vitestArguments('package', report, ['--configLoader=runner', ...options])
    const variables = {
      REMO_TEST_VERSION: version,
      REMO_TEST_PACKAGE: join(dist, name),
      REMO_TEST_PACKAGE_BEFORE: join(dist, basename(folder), basename(before)),
    }
    rmSync(join(results, reportName), { force: true })
    const code = await runInCleanRoot({ root, results, reportName, args }, variables)
    return countVitest(join(results, reportName), code)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function makePackage(args: readonly string[]): Promise<void> {
  const code = await runInForeground(process.execPath, [join(root, 'scripts', 'package.ts'), ...args])
  if (code !== 0) throw new UserError('the package could not be built')
}
