/** A program for tests: a replica as main.ts runs it, with an uncaught error on a signal. */
import { loadConfigOrExit } from '../../src-backend/config/load-config.ts'
import { createProcessLog } from '../../src-backend/observe/process-log.ts'
import { runReplica } from '../../src-backend/replica.ts'

const config = loadConfigOrExit()
process.on('SIGUSR2', () => {
  throw new Error('thrown and not caught', { cause: new Error('the cause of it') })
})
process.on('SIGWINCH', () => {
  void Promise.reject(new Error('rejected and not caught'))
})
await runReplica({ config, version: 'test', log: createProcessLog(config) })
