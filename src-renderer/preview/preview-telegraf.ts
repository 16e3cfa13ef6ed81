/** A simulated series, about `base` high. `swing`: 1 moves by a quarter, 0 stands still. */
interface PreviewSeries {
  readonly name: string
  readonly unit: string
  readonly base: number
  readonly swing: number
}

type Field = readonly [field: string, unit: string, base: number, swing?: number]

const cpu: readonly Field[] = [
  ['usage_user', '%', 51],
  ['usage_system', '%', 8.8],
  ['usage_iowait', '%', 12.8, 2],
  ['usage_softirq', '%', 0.9],
  ['usage_steal', '%', 0.4],
  ['usage_idle', '%', 25.8],
  ['usage_irq', '%', 0.1],
  ['usage_nice', '%', 0.2],
  ['usage_guest', '%', 0, 0],
  ['usage_guest_nice', '%', 0, 0],
]
const mem: readonly Field[] = 'active available buffered cached free inactive mapped shared slab total used'
  .split(' ')
  .map((name, i) => [name, 'B', 64e9 / (i + 2), 0.2] as const)
const disk: readonly Field[] = [
  ['free', 'B', 42e9, 0.1],
  ['inodes_free', '', 3_200_000, 0.1],
  ['inodes_total', '', 6_553_600, 0],
  ['inodes_used', '', 412_000, 0.1],
  ['total', 'B', 512e9, 0],
  ['used', 'B', 440e9, 0.1],
  ['used_percent', '%', 91.4, 0.1],
]
const diskio: readonly Field[] = [
  ...['read_bytes', 'write_bytes'].map((name) => [name, 'B/s', 6_300_000, 3] as const),
  ...['io_time', 'iops_in_progress', 'merged_reads', 'merged_writes', 'read_time', 'reads', 'weighted_io_time'].map(
    (name, i) => [name, '/s', 14 * (i + 1), 2] as const,
  ),
  ['write_time', '/s', 7],
  ['writes', '/s', 210, 2],
]
const net: readonly Field[] = [
  ['bytes_recv', 'B/s', 11_700_000, 2],
  ['bytes_sent', 'B/s', 10_200_000, 2],
  ['drop_in', '/s', 0.4, 4],
  ['drop_out', '/s', 0, 0],
  ['err_in', '/s', 0, 0],
  ['err_out', '/s', 0, 0],
  ['packets_recv', '/s', 8_100],
  ['packets_sent', '/s', 7_700],
]
const system: readonly Field[] = [
  ['load1', '', 6.2, 2],
  ['load15', '', 5.1, 0.4],
  ['load5', '', 5.6],
  ['n_cpus', '', 8, 0],
  ['n_users', '', 2, 0],
  ['uptime', 's', 1_640_000, 0],
  ['processes', '', 214, 0.2],
  ['zombies', '', 0, 0],
]

const parts: ReadonlyArray<
  readonly [measurement: string, fields: readonly Field[], key: string, tags: readonly string[]]
> = [
  ['cpu', cpu, 'cpu', ['cpu-total', ...Array.from({ length: 8 }, (_, i) => `cpu${i}`)]],
  ['mem', mem, '', ['']],
  ['disk', disk, 'path', ['/', '/boot', '/var', '/srv']],
  ['diskio', diskio, 'name', ['nvme0n1', 'nvme1n1']],
  ['net', net, 'interface', ['eth0', 'eth1']],
  ['system', system, '', ['']],
  ['docker_container_cpu', [['usage_percent', '%', 31.2]], 'container_name', ['api', 'cron', 'mail', 'search']],
]

/** So many series of one host with Telegraf. The first 179 are of a usual host; more are of more processors. */
export function telegrafSeries(count: number): readonly PreviewSeries[] {
  const usual = parts.flatMap(([measurement, fields, key, tags]) =>
    tags.flatMap((tag) => fields.map((field) => seriesOf(measurement, field, key === '' ? '' : `{${key}=${tag}}`))),
  )
  const more = Array.from({ length: Math.max(0, count - usual.length) }, (_, i) => {
    const field = cpu[i % cpu.length] as Field
    return seriesOf('cpu', field, `{cpu=cpu${8 + Math.floor(i / cpu.length)}}`)
  })
  return [...usual, ...more].slice(0, count)
}

function seriesOf(measurement: string, [field, unit, base, swing = 1]: Field, tags: string): PreviewSeries {
  return { name: `${measurement}.${field}${tags}`, unit, base, swing }
}
