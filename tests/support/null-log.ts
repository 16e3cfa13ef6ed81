import type { Log } from '#shared/log.ts'

const nothing = (): void => undefined

/** Discards log lines, to keep the output of tests short. */
export const nullLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => nullLog }
