import type { Database, Statement } from 'better-sqlite3'
import type { SeriesState } from '#shared/alert/transition.ts'

export interface SeriesRow {
  readonly node: number
  readonly metric: number
  readonly state: SeriesState
}

interface Row {
  readonly node: number
  readonly metric: number
  readonly data: string
}

/** Evaluation state of each series when its episode last changed; the journal has the times since then. */
export class SeriesTable {
  readonly #save: Statement<[Row]>
  readonly #all: Statement<[], Row>

  constructor(db: Database) {
    this.#save = db.prepare(
      'INSERT INTO series VALUES (:node, :metric, :data) ON CONFLICT (node, metric) DO UPDATE SET data = :data',
    )
    this.#all = db.prepare('SELECT node, metric, data FROM series')
  }

  save({ node, metric, state }: SeriesRow): void {
    this.#save.run({ node, metric, data: JSON.stringify(state) })
  }

  all(): SeriesRow[] {
    return this.#all.all().map(({ node, metric, data }) => ({ node, metric, state: JSON.parse(data) as SeriesState }))
  }
}
