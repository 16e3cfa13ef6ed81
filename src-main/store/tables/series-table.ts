import type { Database, Statement } from 'better-sqlite3'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import { seriesStateCodec } from '#shared/codec/series-state-codec.ts'
import type { RowReader } from '../row-reader.ts'

export interface SeriesRow {
  readonly node: number
  readonly metric: number
  readonly state: SeriesState
}

/** `state` is undefined where it cannot be read: the series begins anew. */
export type StoredSeries = Omit<SeriesRow, 'state'> & { readonly state: SeriesState | undefined }

interface Row {
  readonly node: number
  readonly metric: number
  readonly data: string
}

/** Evaluation state of each series when its episode last changed; the journal has the times since then. */
export class SeriesTable {
  readonly #rows: RowReader
  readonly #save: Statement<[Row]>
  readonly #all: Statement<[], Row>

  constructor(db: Database, rows: RowReader) {
    this.#rows = rows
    this.#save = db.prepare(
      'INSERT INTO series VALUES (:node, :metric, :data) ON CONFLICT (node, metric) DO UPDATE SET data = :data',
    )
    this.#all = db.prepare('SELECT node, metric, data FROM series')
  }

  save({ node, metric, state }: SeriesRow): void {
    this.#save.run({ node, metric, data: seriesStateCodec.stringify(state) })
  }

  all(): StoredSeries[] {
    const read = (data: string) => this.#rows.one('series', seriesStateCodec, data)
    return this.#all.all().map(({ node, metric, data }) => ({ node, metric, state: read(data) }))
  }
}
