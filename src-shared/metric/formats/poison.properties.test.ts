import { testPoison } from '../../../tests/support/format-poison.ts'

const names = [
  ...['telegraf-json', 'influx-line', 'metricbeat', 'flat-json', 'prometheus-kafka-adapter', 'vector', 'collectd'],
  ...['graphite', 'zabbix-export', 'fluent-bit', 'netdata', 'mapping'],
]
for (const name of names) testPoison(name)
