import { join } from 'node:path'
import { logTo } from '../../threads/thread-log.ts'
import type { Log, LogLevel } from '#shared/log.ts'
import { formatLine, isAtLeast, withoutStacks } from './format-line.ts'
import { LogFile } from './log-file.ts'

/** The log of this process. Lines of at least the given level go to the file, warnings and errors also to stderr. */
export interface OpenLog {
  readonly log: Log
  readonly flush: () => Promise<void>
}

/** @param least the level in force, asked for each line */
export function openLog(dataDir: string, least: () => LogLevel): OpenLog {
  const file = new LogFile({
    folder: join(dataDir, 'logs'),
    name: 'remo',
    maxBytes: 5_000_000,
    files: 5,
    onLost: (cause) => process.stderr.write(`ReMo cannot write its log file: ${String(cause)}\n`),
  })
  const log = logTo((line) => {
    if (!isAtLeast(line.level, least())) return
    const now = Date.now()
    file.write(formatLine(line, now))
    if (isAtLeast(line.level, 'warn')) process.stderr.write(`${formatLine(withoutStacks(line), now)}\n`)
  })
  return { log, flush: () => file.flush() }
}
