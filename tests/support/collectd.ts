import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findCollectd } from '../../scripts/bootstrap/system.mjs'

export interface CollectdTopic {
  readonly topic: string
  readonly format: 'JSON' | 'Command' | 'Graphite'
  /** Whether growing values are written as rates. The default of JSON. */
  readonly storeRates?: boolean
  /** Further options of the topic. */
  readonly options?: string
}

export interface CollectdOptions {
  readonly dir: string
  readonly bootstrap: string
  readonly host: string
  readonly topics: readonly CollectdTopic[]
}

/** A real collectd, which reads this computer once a second. */
export interface Collectd {
  /** What it has said so far. */
  readonly log: () => string
  readonly stop: () => Promise<void>
}

/** Whether there is a collectd that can write to Kafka. Without one, CI fails and other computers skip. */
export function hasCollectd(): boolean {
  return findCollectd() !== undefined
}

export async function startCollectd(options: CollectdOptions): Promise<Collectd> {
  const program = findCollectd()
  if (!program) throw new Error('collectd with write_kafka is not installed')
  const dir = join(options.dir, 'collectd')
  mkdirSync(dir, { recursive: true })
  const config = join(dir, 'collectd.conf')
  writeFileSync(config, configuration({ ...options, ...program, dir }))
  // In the foreground, so that it ends with the test.
  const child: ChildProcess = spawn(program.command, ['-f', '-C', config], { stdio: ['ignore', 'pipe', 'pipe'] })
  const endWithTest = (): void => void child.kill('SIGKILL')
  process.once('exit', endWithTest)
  let log = ''
  for (const output of [child.stdout, child.stderr]) output?.on('data', (text: Buffer) => (log += text.toString()))
  await once(child, 'spawn')
  return {
    log: () => log,
    stop: async () => {
      process.removeListener('exit', endWithTest)
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

function configuration({
  dir,
  bootstrap,
  host,
  topics,
  plugins,
  types,
}: CollectdOptions & { plugins: string; types: string }): string {
  return [
    `Hostname "${host}"`,
    'FQDNLookup false',
    `BaseDir "${dir}"`,
    `PIDFile "${dir}/collectd.pid"`,
    `PluginDir "${plugins}"`,
    `TypesDB "${types}"`,
    'Interval 1',
    ...['logfile', 'cpu', 'memory', 'load', 'interface', 'disk', 'df', 'write_kafka'].map(
      (name) => `LoadPlugin ${name}`,
    ),
    '<Plugin logfile>',
    '  LogLevel warning',
    '  File STDOUT',
    '</Plugin>',
    '<Plugin cpu>',
    '  ValuesPercentage true',
    '</Plugin>',
    '<Plugin write_kafka>',
    `  Property "metadata.broker.list" "${bootstrap}"`,
    ...topics.flatMap(topicLines),
    '</Plugin>',
    '',
  ].join('\n')
}

function topicLines({ topic, format, storeRates, options = '' }: CollectdTopic): string[] {
  const rates = storeRates === undefined ? '' : `    StoreRates ${storeRates}`
  return [`  <Topic "${topic}">`, `    Format ${format}`, rates, options, '  </Topic>'].filter((line) => line !== '')
}
