/** A time in which monitoring was blind, without a notification of it. */
export interface BlindPeriod {
  /** Epoch ms. */
  readonly since: number
  readonly forMs: number
}
