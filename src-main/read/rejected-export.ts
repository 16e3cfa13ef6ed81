import type { ZoneOffset } from '#shared/format/zone-time.ts'
import { rejectedCsvHeader, rejectedCsvLine, rejectedJson } from '#shared/metric/rejected-export.ts'
import type { ReadStore } from '../store/read-store.ts'
import { writeExportFile } from './export-file.ts'

export interface RejectedExport {
  /** With the ending `.json`, the file is a JSON list; otherwise CSV. */
  readonly path: string
  readonly zone: 'local' | 'utc'
}

/**
 * Writes all rejected records of the cache, newest first.
 * @throws CallError as `writeExportFile`
 */
export async function exportRejected(store: ReadStore, { path, zone }: RejectedExport): Promise<{ rows: number }> {
  const offsetAt: ZoneOffset = zone === 'utc' ? () => 0 : (at) => -new Date(at).getTimezoneOffset()
  let rows = 0
  function* csv(): Generator<string> {
    yield rejectedCsvHeader
    for (const record of store.rejectedRecords()) {
      rows++
      yield rejectedCsvLine(record, offsetAt)
    }
  }
  function* json(): Generator<string> {
    for (const record of store.rejectedRecords())
      yield `${rows++ === 0 ? '[\n' : ',\n'}${rejectedJson(record, offsetAt)}`
    yield rows === 0 ? '[]\n' : '\n]\n'
  }
  await writeExportFile(path, /\.json$/i.test(path) ? json() : csv())
  return { rows }
}
