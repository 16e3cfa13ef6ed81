/**
 * Why a call on a bus has no reply.
 *
 * | kind | meaning |
 * |---|---|
 * | `no-bus` | the session has no bus, or nothing listens at its address |
 * | `closed` | the bus ended during the call |
 * | `no-answer` | no reply within the limit |
 * | `refused` | the bus or the program answered with an error; `name` says which |
 */
export type BusErrorKind = 'no-bus' | 'closed' | 'no-answer' | 'refused'

export class BusError extends Error {
  readonly kind: BusErrorKind
  /** Such as `org.freedesktop.DBus.Error.ServiceUnknown`; empty unless refused. */
  readonly errorName: string

  constructor(kind: BusErrorKind, message: string, errorName = '') {
    super(message)
    this.name = 'BusError'
    this.kind = kind
    this.errorName = errorName
  }
}
