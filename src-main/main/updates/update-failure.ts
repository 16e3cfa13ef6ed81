import type { InstallWay } from '#shared/update/updates-view.ts'

/** A step of an update failed. `message`: for the operator, one or two sentences. */
export class UpdateFailure extends Error {
  override readonly name: string = 'UpdateFailure'
  /** The way that is left, if the one before cannot work here. */
  readonly way: InstallWay | undefined

  constructor(message: string, { way, ...options }: ErrorOptions & { readonly way?: InstallWay } = {}) {
    super(message, options)
    this.way = way
  }
}
