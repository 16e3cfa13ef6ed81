import type { Log } from '#shared/log.ts'

const nothing = (): void => undefined

/** For what would otherwise fill the output of a test. */
export const nullLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => nullLog }
