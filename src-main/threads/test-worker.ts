import { parentPort, workerData } from 'node:worker_threads'
import { CallError } from './call-error.ts'
import { portLog } from './thread-log.ts'
import { onPort, onStop, serveThread } from './thread-server.ts'

/** Calls and events of a thread for tests of the protocol. */
export interface TestCalls {
  double: (request: { n: number }) => number
  refuse: (request: Record<string, never>) => void
  fail: (request: Record<string, never>) => void
  hang: (request: Record<string, never>) => void
  die: (request: Record<string, never>) => void
}

export interface TestEvents {
  doubled: { readonly n: number; readonly column: Float64Array }
}

if (parentPort) {
  const port = parentPort
  const log = portLog(port, 'test')
  const served = serveThread<TestCalls, TestEvents>(
    port,
    {
      double: async ({ n }) => {
        await Promise.resolve()
        const column = Float64Array.of(n, 2 * n)
        served.emit('doubled', { n, column }, [column.buffer])
        log.info('doubled', { n, left: column.length })
        return 2 * n
      },
      refuse: () => {
        throw new CallError('conflict', 'Somebody else changed it. Look again.')
      },
      fail: () => {
        throw new Error('secret detail', { cause: new RangeError('deeper') })
      },
      hang: () => new Promise<void>(() => undefined),
      die: () => {
        setImmediate(() => {
          throw new Error('the thread broke')
        })
        return new Promise<void>(() => undefined)
      },
    },
    log,
  )
  onPort(port, 'peer', (given) => {
    serveThread<Pick<TestCalls, 'double'>>(given, { double: ({ n }) => n * 2 }, log)
  })
  onStop(port, async () => {
    log.info('stopping', { data: workerData as unknown })
    await Promise.resolve()
  })
}
