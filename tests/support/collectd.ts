import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findCollectd } from '../../scripts/bootstrap/system.mjs'
import { type HostProgram, startHostProgram } from './host-program.ts'

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

/** Whether there is a collectd that can write to Kafka. Without one, CI fails and other computers skip. */
export function hasCollectd(): boolean {
  return findCollectd() !== undefined
}

/** A real collectd, which reads this computer once a second. */
export function startCollectd(options: CollectdOptions): Promise<HostProgram> {
  const program = findCollectd()
  if (!program) throw new Error('collectd with write_kafka is not installed')
  const dir = join(options.dir, 'collectd')
  mkdirSync(dir, { recursive: true })
  const config = join(dir, 'collectd.conf')
  writeFileSync(config, configuration({ ...options, ...program, dir }))
  return startHostProgram(program.command, ['-f', '-C', config])
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
