import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../scripts/bootstrap/console-output.mjs'
import { runInForeground } from '../scripts/bootstrap/run-command.mjs'
import { runInCleanRoot, whyNoCleanRoot } from '../scripts/test/clean-root.ts'
import { mounts } from '../scripts/test/ordinary-user.ts'
import { type BenchResult, singleMeasurement, timeLimit } from './measure.ts'

/** What installed-app.ts measures. */
export interface InstalledFigures {
  /** Time of a start in ms: until the window shows its page, and until it shows live data. */
  readonly starts: ReadonlyArray<{ readonly window: number; readonly live: number }>
  /** Bytes of all processes after a minute, what they share counted once (PSS). */
  readonly memory: number
  readonly processes: number
}

const root = join(import.meta.dirname, '..')
const megabyte = 1e6
/** The figures come by this file. */
export const figuresName = 'installed-app.json'

/**
 * Sizes of the package that people download, and of the installed app: how long it starts, and what memory it has while
 * three nodes send. It is installed in a copy of this system.
 */
export async function packageBench({ dir }: { readonly dir: string }): Promise<BenchResult[]> {
  const why = await whyNoCleanRoot()
  if (why !== undefined) throw new UserError(`The package cannot be measured here. ${why}`)
  const code = await runInForeground(process.execPath, [join(root, 'scripts', 'package.ts'), '--target', 'deb'])
  if (code !== 0) throw new UserError('The package could not be built.')
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const name = `remo_${version}_${process.arch === 'arm64' ? 'arm64' : 'amd64'}.deb`
  const deb = join(root, 'dist', name)
  const results = mkdtempSync(join(dir, 'package-'))
  const work = { root, results, reportName: figuresName, args: ['bench/installed-app.ts'] }
  const variables = { REMO_TEST_VERSION: version, REMO_TEST_PACKAGE: join(mounts.checkout, 'dist', name) }
  if ((await runInCleanRoot(work, variables)) !== 0) throw new UserError('The installed app could not be measured.')
  const figures = JSON.parse(readFileSync(join(results, figuresName), 'utf8')) as InstalledFigures
  const installed = Number(execFileSync('dpkg-deb', ['--field', deb, 'Installed-Size'], { encoding: 'utf8' })) * 1024
  const asar = statSync(join(root, 'dist', 'linux-unpacked', 'resources', 'app.asar')).size
  return [
    size('download (.deb)', statSync(deb).size, 100),
    size('installed', installed, 300),
    size('app.asar, our own part', asar, 25),
    ...figures.starts.flatMap(({ window, live }, index) => [
      timeLimit(`installed app: window of start ${index + 1}`, window, 3_000),
      timeLimit(`installed app: live data of start ${index + 1}`, live, index === 0 ? 10_000 : 3_000),
    ]),
    size(`installed app: memory idle, ${figures.processes} processes`, figures.memory, 500),
  ]
}

function size(name: string, bytes: number, atMostMegabytes: number): BenchResult {
  const limit = { limitName: 'what it may have', limit: atMostMegabytes, target: { atMost: 1 } }
  return singleMeasurement({ name, unit: 'MB', ours: bytes / megabyte, ...limit })
}
