import type { Database, Statement } from 'better-sqlite3'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import { seriesStateCodec } from '#shared/codec/series-state-codec.ts'
import type { RowReader } from '../row-reader.ts'

export interface SeriesRow {
  readonly node: number
  readonly metric: number
  readonly state: SeriesState
}

/** An unreadable `state` is `undefined`: evaluation of the series starts from the beginning. */
export type StoredSeries = Omit<SeriesRow, 'state'> & { readonly state: SeriesState | undefined }

interface Row {
  readonly node: number
  readonly metric: number
  readonly data: string
}

/** Evaluation state of each series as of its last change. The journal has the times of newer records. */
export class SeriesTable {
  readonly #rows: RowReader
  readonly #save: Statement<[Row]>
  readonly #remove: Statement<[number, number]>
  readonly #all: Statement<[], Row>

  constructor(db: Database, rows: RowReader) {
    this.#rows = rows
    this.#save = db.prepare(
      'INSERT INTO series VALUES (:node, :metric, :data) ON CONFLICT (node, metric) DO UPDATE SET data = :data',
    )
    this.#remove = db.prepare('DELETE FROM series WHERE node = ? AND metric = ?')
    this.#all = db.prepare('SELECT node, metric, data FROM series')
  }

  save({ node, metric, state }: SeriesRow): void {
    this.#save.run({ node, metric, data: seriesStateCodec.stringify(state) })
  }

  remove(node: number, metric: number): void {
    this.#remove.run(node, metric)
  }

  all(): StoredSeries[] {
    const read = (data: string) => this.#rows.one('series', seriesStateCodec, data)
    return this.#all.all().map(({ node, metric, data }) => ({ node, metric, state: read(data) }))
  }
}
