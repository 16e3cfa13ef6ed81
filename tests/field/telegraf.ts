import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fieldProgram } from '../../scripts/field/field-programs.ts'
import { type HostProgram, startHostProgram } from '../support/host-program.ts'
import { readmeLines } from '../support/readme-lines.ts'

export interface TelegrafTopic {
  readonly topic: string
  readonly format: 'influx' | 'json'
  /** `routing_tag = "host"` */
  readonly hasKey: boolean
}

export interface TelegrafOptions {
  readonly dir: string
  readonly bootstrap: string
  readonly host: string
  /** Beside that of the README's lines, which write to the topic `telegraf`. */
  readonly topics: readonly TelegrafTopic[]
}

/** A real Telegraf, which reads this computer once a second. */
export function startTelegraf({ dir, bootstrap, host, topics }: TelegrafOptions): Promise<HostProgram> {
  const folder = join(dir, 'telegraf')
  mkdirSync(folder, { recursive: true })
  const files = {
    'agent.conf': [
      '[agent]',
      'interval = "1s"',
      'flush_interval = "1s"',
      'omit_hostname = false',
      `hostname = "${host}"`,
      // CPUs and their total, as in the configuration that Telegraf brings
      '[[inputs.cpu]]',
      'percpu = true',
      'totalcpu = true',
      'collect_cpu_time = true',
      ...['mem', 'disk', 'diskio', 'net', 'system'].map((input) => `[[inputs.${input}]]`),
    ],
    'readme.conf': [readmeLines('Telegraf', bootstrap)],
    'topics.conf': topics.flatMap(({ topic, format, hasKey }) => [
      '[[outputs.kafka]]',
      `brokers = ["${bootstrap}"]`,
      `topic = "${topic}"`,
      `data_format = "${format}"`,
      hasKey ? 'routing_tag = "host"' : '',
    ]),
  }
  const paths = Object.entries(files).map(([name, lines]) => {
    const path = join(folder, name)
    writeFileSync(path, `${lines.join('\n')}\n`)
    return path
  })
  return startHostProgram(
    fieldProgram('telegraf'),
    paths.flatMap((path) => ['--config', path]),
  )
}
