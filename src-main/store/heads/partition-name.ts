/** A partition as records of the journal name it. */
export interface PartitionName {
  readonly topic: string
  readonly partition: number
}
