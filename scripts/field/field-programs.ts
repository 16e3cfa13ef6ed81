/**
 * Programs that write metrics to Kafka, built from their published modules with Go. Each is in a folder of the cache whose
 * name follows from what it is built of, so that a new version is built anew.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cachePath, publishFolder, withLock } from '../bootstrap/cache.mjs'
import { UserError } from '../bootstrap/console-output.mjs'
import { findGo } from '../bootstrap/go.mjs'
import { reasonIn, runQuietly } from '../bootstrap/run-command.mjs'

const telegrafModule = 'github.com/influxdata/telegraf/cmd/telegraf@v1.37.2'
/** Only the plugins of the tests. A whole Telegraf takes an hour to build. */
const telegrafTags = [
  'custom',
  ...['cpu', 'mem', 'disk', 'diskio', 'net', 'system'].map((name) => `inputs.${name}`),
  ...['outputs.kafka', 'serializers.influx', 'serializers.json'],
].join(',')
const collectorSource = join(import.meta.dirname, '..', '..', 'tests', 'field', 'collector')

interface GoProgram {
  readonly name: 'telegraf' | 'collector'
  /** What it is, and how long it takes, for people. */
  readonly title: string
  /** What the program follows from. */
  readonly inputs: readonly string[]
  /** Words for `go`, which leaves the program in the folder. */
  readonly words: (folder: string) => readonly string[]
  readonly cwd?: string
}

/** No symbols: a third of the size. Two compilers at once: each may take 1 GiB of memory. */
const flags = ['-p', '2', '-ldflags', '-s -w']

const programs: readonly GoProgram[] = [
  {
    name: 'telegraf',
    title: 'Telegraf 1.37.2 (450 MB of modules, 3 to 6 minutes)',
    inputs: [telegrafModule, telegrafTags],
    words: () => ['install', ...flags, '-tags', telegrafTags, telegrafModule],
  },
  {
    name: 'collector',
    title: 'an OpenTelemetry Collector (200 MB of modules, 2 to 4 minutes)',
    inputs: ['main.go', 'go.mod', 'go.sum'].map((file) => readFileSync(join(collectorSource, file), 'utf8')),
    words: (folder) => ['build', ...flags, '-o', join(folder, 'collector'), '.'],
    cwd: collectorSource,
  },
]

/**
 * Builds the programs that are not in the cache. Needs Go.
 * @param log receives a line before each build
 * @throws UserError without Go, or if a module cannot be fetched or built
 */
export async function buildFieldPrograms(log: (line: string) => void): Promise<void> {
  for (const program of programs) {
    const folder = folderOf(program)
    if (existsSync(folder)) continue
    if (!findGo()) throw new UserError('Building the programs requires Go 1.21 or newer. Install it and try again.')
    await withLock(program.name, async () => {
      if (!existsSync(folder)) await publishFolder(folder, (work) => build(program, work, log))
    })
  }
}

/**
 * @returns the path of the program
 * @throws UserError if it has not been built
 */
export function fieldProgram(name: GoProgram['name']): string {
  const program = programs.find((one) => one.name === name) as GoProgram
  const path = join(folderOf(program), name)
  if (!existsSync(path)) throw new UserError(`${name} is not in the cache. Run once: npm test field`)
  return path
}

function folderOf({ name, inputs }: GoProgram): string {
  const hash = createHash('sha256').update(inputs.join('\n')).digest('hex')
  return cachePath('field', `${name}-${hash.slice(0, 16)}`)
}

/** Sums of modules are checked: against go.sum, or Go's checksum database. No C compiler is needed. */
async function build({ title, words, cwd }: GoProgram, work: string, log: (line: string) => void): Promise<void> {
  log(`building ${title}`)
  const env = { ...process.env, CGO_ENABLED: '0', GOBIN: work, GOTOOLCHAIN: 'auto' }
  const { ok, output } = await runQuietly('go', words(work), { env, ...(cwd === undefined ? {} : { cwd }) })
  if (!ok) throw new UserError(`Go could not build ${title}. Check the network and try again: ${reasonIn(output)}`)
}
