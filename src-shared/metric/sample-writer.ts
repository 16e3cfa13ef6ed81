import type { RecordFacts } from './assemble/record-assembler.ts'
import { GrowingColumns } from './growing-columns.ts'
import { SampleDirectory, type Layout, type SampleColumns } from './sample-columns.ts'

/** Where the rows of a reader go, whatever makes them. */
export class SampleWriter {
  readonly columns = new GrowingColumns()
  directory = new SampleDirectory()

  /**
   * Counts the row whose values are behind those of the others. They are as many as its layout has.
   * @param at event time, epoch ms
   * @param node index in the directory
   */
  // eslint-disable-next-line max-params -- called per row: an object of arguments would be one more allocation
  count({ offset, timestamp }: RecordFacts, at: number, node: number, layout: Layout): void {
    const { columns } = this
    const { count } = columns
    columns.node[count] = node
    columns.layout[count] = layout.index
    columns.at[count] = at
    columns.recordedAt[count] = timestamp
    columns.offset[count] = offset
    columns.first[count] = columns.width
    columns.rawFirst[count] = columns.rawWidth
    columns.width += layout.names.length
    columns.rawWidth += layout.counters.length
    columns.count = count + 1
  }

  /** The rows since the last call. A directory that is full is replaced: what is known of its indexes ends. */
  take(): SampleColumns {
    const columns = this.columns.take(this.directory)
    if (this.directory.isFull) this.directory = new SampleDirectory()
    return columns
  }
}
