import { parse } from 'csv-parse/sync'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { headCapacity } from '../store/heads/head.ts'
import { aBatchWrite, aSample, someSamples, startAt, defined } from '../store/store-builders.ts'
import { aCachePerTest } from '../store/test-cache.ts'
import { exportNodeCsv } from './node-csv-export.ts'

const cache = aCachePerTest()

async function exported(
  part: { nodeId?: string; from?: number; to?: number; zone?: 'local' | 'utc' } = {},
): Promise<{ text: string; rows: number }> {
  const path = join(cache.dir, 'out.csv')
  const request = { nodeId: 'node-1', from: startAt, to: startAt + 1e9, path, ...part }
  const { rows } = await exportNodeCsv(cache.reader, cache.store.samples.heads(request.nodeId), request)
  return { text: readFileSync(path, 'utf8'), rows }
}

describe('the exported file', () => {
  it('has a header with units and one line per record, with CRLF', async () => {
    const samples = [
      aSample({ names: ['network_traffic', 'cpu_usage'], values: [88.1, 71.3] }),
      aSample({ at: startAt + 1, names: ['temp'], values: [-0], units: { temp: '°C' } }),
    ]
    cache.store.commitBatch(aBatchWrite({ samples }))
    expect(await exported()).toEqual({
      rows: 2,
      text:
        'timestamp,node_id,node_name,cpu_percent,network_mbps,temp_degrees_c\r\n' +
        '2026-11-23T10:00:00.000Z,node-1,Server-Alpha,71.3,88.1,\r\n' +
        '2026-11-23T10:00:00.001Z,node-1,Server-Alpha,,,-0\r\n',
    })
  })

  it('has every record of the range in order of time, for any order of arrival', async () => {
    const count = headCapacity * 90
    const samples = someSamples(count).map((sample, i) => ({ ...sample, values: [i / 7] }))
    const shuffled = [...samples]
    for (let i = 0; i + 500 < count; i += 3) {
      const other = i + ((i * 7919) % 500)
      ;[shuffled[i], shuffled[other]] = [defined(shuffled[other]), defined(shuffled[i])]
    }
    for (let i = 0; i < count; i += 1000) cache.store.commitBatch(aBatchWrite({ samples: shuffled.slice(i, i + 1000) }))
    const { text, rows } = await exported({ from: startAt + 5000, to: startAt + (count - 10) * 1000 })
    const inRange = samples.slice(5, count - 9)
    const lines = parse(text, { columns: true }) as Array<Record<string, string>>
    expect(rows).toBe(inRange.length)
    expect(lines.map((line) => [Date.parse(defined(line['timestamp'])), Number(line['cpu_percent'])])).toEqual(
      inRange.map(({ at, values }) => [at, values[0]]),
    )
  })

  it('is parsed back unchanged, with any characters in names', async () => {
    const nodeName = '=SUM("a",\r\nb) Größe 🚀'
    cache.store.commitBatch(aBatchWrite({ samples: [aSample({ nodeName })] }))
    const [line] = parse((await exported()).text, { columns: true }) as Array<Record<string, string>>
    expect(defined(line)['node_name']).toBe(`'${nodeName}`)
  })

  it('has one column for each metric, the same with other metrics and without', async () => {
    const metrics = { 'disk.io': 1, 'disk io': 2, cpu_percent: 5, cpu_usage: 6, disk_io: 7, timestamp: 8 }
    const names = Object.keys(metrics)
    cache.store.commitBatch(aBatchWrite({ samples: [aSample({ names, values: Object.values(metrics) })] }))
    names.forEach((name, i) => {
      const alone = aSample({ nodeId: `alone-${i}`, names: [name], values: [i] })
      cache.store.commitBatch(aBatchWrite({ samples: [alone] }))
    })
    const headerOf = async (nodeId: string): Promise<string[]> => {
      const { text } = await exported({ nodeId })
      return (parse(text) as string[][])[0]?.slice(3) ?? []
    }
    const together = await headerOf('node-1')
    expect(together).toEqual([
      'cpu_percent',
      'disk_io_mb_per_s',
      'cpu_percent[cpu_percent]',
      'disk_io[disk io]',
      'disk_io[disk.io]',
      'timestamp[timestamp]',
    ])
    const alone: string[] = []
    for (const i of names.keys()) alone.push(...(await headerOf(`alone-${i}`)))
    expect(alone.sort()).toEqual([...together].sort())
  })

  it('has times of the chosen zone, each with its offset at that time', async () => {
    const before = process.env['TZ']
    process.env['TZ'] = 'Europe/Zurich'
    onTestFinished(() => {
      if (before === undefined) delete process.env['TZ']
      else process.env['TZ'] = before
    })
    const inSummer = Date.UTC(2026, 9, 24, 23, 30)
    cache.store.commitBatch(
      aBatchWrite({ samples: [aSample({ at: inSummer }), aSample({ at: inSummer + 7_200_000 })] }),
    )
    const timesIn = async (zone: 'local' | 'utc'): Promise<string[]> => {
      const { text } = await exported({ from: inSummer, zone })
      return (parse(text) as string[][]).slice(1).map(([time]) => defined(time))
    }
    expect(await timesIn('local')).toEqual(['2026-10-25T01:30:00.000+02:00', '2026-10-25T02:30:00.000+01:00'])
    expect(await timesIn('utc')).toEqual(['2026-10-24T23:30:00.000Z', '2026-10-25T01:30:00.000Z'])
  })

  it('has only a header when the range is empty', async () => {
    expect(await exported({ nodeId: 'unknown' })).toEqual({ rows: 0, text: 'timestamp,node_id,node_name\r\n' })
  })
})

it('leaves no partial file behind when writing fails', async () => {
  cache.store.commitBatch(aBatchWrite({ samples: [aSample()] }))
  const request = { nodeId: 'node-1', from: 0, to: startAt, path: join(cache.dir, 'missing', 'out.csv') }
  await expect(exportNodeCsv(cache.reader, null, request)).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringContaining('ENOENT'),
  })
  const taken = { ...request, path: cache.dir }
  await expect(exportNodeCsv(cache.reader, null, taken)).rejects.toMatchObject({ code: 'failed' })
  expect(readdirSync(join(cache.dir, '..')).filter((name) => name.endsWith('.partial'))).toEqual([])
})
