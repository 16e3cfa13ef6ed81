import type { FormatReader } from './record-part.ts'
import { collectdJson } from './collectd-json.ts'
import { collectdPutval } from './collectd-putval.ts'
import { flatJson } from './flat-json.ts'
import { fluentBit } from './fluent-bit.ts'
import { graphite } from './graphite.ts'
import { influxLine } from './influx-line.ts'
import { metricbeat } from './metricbeat.ts'
import { netdata } from './netdata.ts'
import { otlpJson } from './otlp-json.ts'
import { otlpProto } from './otlp-proto.ts'
import { prometheusKafkaAdapter } from './prometheus-kafka-adapter.ts'
import { telegrafJson } from './telegraf-json.ts'
import { vector } from './vector.ts'
import { zabbixExport } from './zabbix-export.ts'

/**
 * The readers in the order in which they are asked. At most one accepts a record, so the order only saves time.
 * ReMo's own format comes before all of them, and flat JSON is what none of them accepts.
 */
export const readers: readonly FormatReader[] = [
  telegrafJson,
  influxLine,
  otlpProto,
  otlpJson,
  metricbeat,
  prometheusKafkaAdapter,
  vector,
  collectdJson,
  collectdPutval,
  graphite,
  zabbixExport,
  fluentBit,
  netdata,
]

/** The reader of flat JSON. It takes only what no other reader accepts. */
export const lastReader: FormatReader = flatJson((value) => readers.some((reader) => reader.detect(value)))
