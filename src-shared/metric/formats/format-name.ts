/** The formats that ReMo reads. A label of Prometheus and a value on the Stream page, so names stay. */
export const formatNames = [
  'remo',
  'telegraf-json',
  'influx-line',
  'otlp-json',
  'otlp-proto',
  'metricbeat',
  'flat-json',
  'prometheus-kafka-adapter',
  'vector',
  'collectd-json',
  'collectd-putval',
  'graphite',
  'zabbix-export',
  'fluent-bit',
  'netdata',
  'mapping',
] as const
export type FormatName = (typeof formatNames)[number]

const labels: Readonly<Record<FormatName, string>> = {
  remo: 'ReMo JSON',
  'telegraf-json': 'Telegraf JSON',
  'influx-line': 'Telegraf lines',
  'otlp-json': 'OTLP JSON',
  'otlp-proto': 'OTLP protobuf',
  metricbeat: 'Metricbeat',
  'flat-json': 'flat JSON',
  'prometheus-kafka-adapter': 'prometheus-kafka-adapter',
  vector: 'Vector',
  'collectd-json': 'collectd',
  'collectd-putval': 'collectd PUTVAL',
  graphite: 'Graphite lines',
  'zabbix-export': 'Zabbix export',
  'fluent-bit': 'Fluent Bit',
  netdata: 'Netdata',
  mapping: 'your mapping',
}

/** As the operator knows the format. */
export function formatLabel(name: FormatName): string {
  return labels[name]
}
