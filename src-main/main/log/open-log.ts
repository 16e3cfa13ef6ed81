import { join } from 'node:path'
import { logTo } from '../../threads/thread-log.ts'
import type { LogFormat } from '#shared/log-line.ts'
import { isAtLeast, type Log, type LogLevel } from '#shared/log.ts'
import { formatLine, withoutStacks } from './format-line.ts'
import { LogFile } from './log-file.ts'

/** The log of this process. Lines of at least the given level go to the file, warnings and errors also to stderr. */
export interface OpenLog {
  readonly log: Log
  readonly flush: () => Promise<void>
}

/** The settings in force, asked for each line. */
export interface LogSettings {
  readonly level: LogLevel
  readonly format: LogFormat
}

export function openLog(dataDir: string, settings: () => LogSettings): OpenLog {
  const file = new LogFile({
    folder: join(dataDir, 'logs'),
    name: 'remo',
    maxBytes: 5_000_000,
    files: 5,
    onLost: (cause) => process.stderr.write(`ReMo cannot write its log file: ${String(cause)}\n`),
  })
  const log = logTo((line) => {
    const { level, format } = settings()
    if (!isAtLeast(line.level, level)) return
    const now = Date.now()
    file.write(formatLine(line, now, format))
    if (isAtLeast(line.level, 'warn')) process.stderr.write(`${formatLine(withoutStacks(line), now, format)}\n`)
  })
  return { log, flush: () => file.flush() }
}
