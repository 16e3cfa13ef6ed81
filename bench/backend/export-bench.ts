import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs'
import type { OutgoingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { pipeline } from 'node:stream/promises'
import { nodeFlags } from '../../scripts/stack/servers/backend-server.ts'
import { type BackendProcess, startBackendProcess } from '../../tests/support/backend-process.ts'
import { singleMeasurement, measurePair, type BenchResult } from '../measure.ts'
import { metrics } from '../bench-records.ts'
import { openResponse, signInWhenReady } from './bench-client.ts'
import type { Database, Databases } from './bench-databases.ts'
import { copyOut, copyProgram } from './psql-copy.ts'
import { addLayout, addNodes } from './seed.ts'

export interface ExportBench {
  readonly nodes: number
  readonly values: number
  readonly rounds: number
  readonly dir: string
  readonly bootstrap: string
  readonly databases: Databases
}

const memoryLimitMb = 150

/** PostgreSQL's own output of the same lines. */
const sameLines = `
  select s.at, n.node_id, m.metric, m.value,
    case m.metric when 'disk_io' then 'MB/s' when 'network_traffic' then 'Mbps' else '%' end
  from sample s
  join node n on n.id = s.node
  join layout l on l.id = s.layout
  cross join lateral unnest(l.metrics, s.values) as m (metric, value)
  order by s.at, s.node, s.layout`

/** Exports all values of the last hour. The limit: PostgreSQL writes the same lines to a file. Also measures memory. */
export async function exportBench(bench: ExportBench): Promise<BenchResult[]> {
  const { values, rounds, databases } = bench
  const database = await databases.make()
  await seed(database, bench)
  const file = join(bench.dir, 'export.csv')
  // Reads no topic, so that only the export uses memory; has a compile cache, like the image.
  const env = { REMO_DEMO: 'true', KAFKA_TOPIC_PATTERN: '^none$', NODE_COMPILE_CACHE: await compiled(bench.dir) }
  const backend = await startBackendProcess({ databaseUrl: database.url, bootstrap: bench.bootstrap, env })
  try {
    const headers = await signInWhenReady(backend.url)
    const speed = await measurePair({
      name: `CSV export of ${values.toLocaleString('en')} values`,
      unit: 'values/s',
      limitName: `${copyProgram} (select …) to csv`,
      rounds,
      target: { atLeast: 0.5 },
      ours: () => timed(file, values + 1, () => download(`${backend.url}/api/export/csv?hours=1`, headers, file)),
      limit: () => timed(file, values, () => copyOut(database.url, sameLines, file)),
    })
    return [speed, ...memoryOf(backend)]
  } finally {
    await backend.stop()
    await database.drop()
  }
}

async function seed({ pool }: Database, { nodes, values }: ExportBench): Promise<void> {
  await addNodes(pool, nodes)
  const layout = await addLayout(pool)
  await pool.query(
    `insert into sample (node, layout, at, values)
     select 1 + n % $1, $2, date_trunc('milliseconds', now()) - make_interval(secs => ($3 - n)::float8 / $1),
       array(select round((random() * 100 + n * 0)::numeric, 2)::float8 from generate_series(1, $4))
     from generate_series(0, $3 - 1) as n`,
    [nodes, layout, values / metrics.length, metrics.length],
  )
  await pool.query('vacuum analyze sample')
}

async function download(url: string, headers: OutgoingHttpHeaders, file: string): Promise<void> {
  const response = await openResponse(url, headers)
  if (response.statusCode !== 200) throw new Error(`the export returned ${response.statusCode}`)
  await pipeline(response, createWriteStream(file))
}

/** Creates the backend's compile cache like its Dockerfile: one start without configuration. */
async function compiled(dir: string): Promise<string> {
  const cache = join(dir, 'compile-cache')
  const program = join(import.meta.dirname, '..', '..', 'src-backend', 'main.ts')
  const child = spawn(process.execPath, [...nodeFlags, program], {
    env: { NODE_COMPILE_CACHE: cache },
    stdio: 'ignore',
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 78) throw new Error(`the backend exited with ${code} instead of refusing its configuration`)
  return cache
}

/** Values per second. */
async function timed(file: string, lines: number, write: () => Promise<void>): Promise<number> {
  const begin = performance.now()
  await write()
  const seconds = (performance.now() - begin) / 1000
  const written = await countLines(file)
  if (written !== lines) throw new Error(`${written} lines were written instead of ${lines}`)
  return lines / seconds
}

async function countLines(file: string): Promise<number> {
  let count = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) count += 1
  }
  return count
}

/** Peak resident memory of the process; available on Linux only. */
function memoryOf({ pid }: BackendProcess): BenchResult[] {
  const path = `/proc/${pid}/status`
  const kilobytes = existsSync(path) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(path, 'utf8'))?.[1] : undefined
  if (kilobytes === undefined) return []
  return [
    singleMeasurement({
      name: 'CSV export: most memory of the backend (RSS)',
      unit: 'MB',
      limitName: 'what it may take',
      ours: Number(kilobytes) / 1024,
      limit: memoryLimitMb,
      target: { atMost: 1 },
    }),
  ]
}
