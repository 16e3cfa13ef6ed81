import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fieldProgram } from '../../scripts/field/field-programs.ts'
import { type HostProgram, startHostProgram } from '../support/host-program.ts'
import { readmeLines } from '../support/readme-lines.ts'

export interface CollectorTopic {
  readonly topic: string
  readonly encoding: 'otlp_proto' | 'otlp_json'
  /** `partition_metrics_by_resource_attributes: true` */
  readonly hasKey: boolean
  /** Whether the host has a name, as the processors `resource` and `resourcedetection` give it. */
  readonly hasName: boolean
}

export interface CollectorOptions {
  readonly dir: string
  readonly bootstrap: string
  readonly host: string
  /** Beside that of the README's lines, which write to the topic `otlp_metrics`. */
  readonly topics: readonly CollectorTopic[]
}

/** A real OpenTelemetry Collector, which reads this computer once a second. */
export function startCollector({ dir, bootstrap, host, topics }: CollectorOptions): Promise<HostProgram> {
  const folder = join(dir, 'collector')
  mkdirSync(folder, { recursive: true })
  const pipelines = [{ exporter: 'kafka', hasName: true }, ...topics.map(pipelineOf)]
  const config = {
    receivers: {
      host_metrics: {
        collection_interval: '1s',
        scrapers: { cpu: {}, memory: {}, disk: {}, network: {}, filesystem: {}, load: {} },
      },
    },
    processors: { resource: { attributes: [{ key: 'host.name', value: host, action: 'upsert' }] } },
    exporters: Object.fromEntries(topics.map((one) => [`kafka/${one.topic}`, exporterOf(one, bootstrap)])),
    service: {
      telemetry: { metrics: { level: 'none' }, logs: { level: 'warn' } },
      pipelines: Object.fromEntries(
        pipelines.map(({ exporter, hasName }) => [
          `metrics/${exporter.replace('/', '-')}`,
          { receivers: ['host_metrics'], processors: hasName ? ['resource'] : [], exporters: [exporter] },
        ]),
      ),
    },
  }
  const files = {
    'readme.yaml': readmeLines('OpenTelemetry Collector', bootstrap),
    'rest.yaml': JSON.stringify(config),
  }
  const paths = Object.entries(files).map(([name, text]) => {
    const path = join(folder, name)
    writeFileSync(path, `${text}\n`)
    return path
  })
  return startHostProgram(
    fieldProgram('collector'),
    paths.flatMap((path) => ['--config', `file:${path}`]),
  )
}

function pipelineOf({ topic, hasName }: CollectorTopic) {
  return { exporter: `kafka/${topic}`, hasName }
}

function exporterOf({ topic, encoding, hasKey }: CollectorTopic, bootstrap: string) {
  return {
    brokers: [bootstrap],
    metrics: { topic, encoding },
    ...(hasKey ? { partition_metrics_by_resource_attributes: true } : {}),
  }
}
