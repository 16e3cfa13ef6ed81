import type { Log } from '#shared/log.ts'

const nothing = (): void => undefined

/** For commands of a terminal: stdout has the findings alone. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silentLog }
