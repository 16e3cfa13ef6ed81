import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A program that measures this computer and writes to Kafka. */
export interface HostProgram {
  /** Its output so far. */
  readonly log: () => string
  /** @throws an error with its output if it has ended by itself */
  readonly check: () => void
  readonly stop: () => Promise<void>
}

/** Starts it in the foreground, so that it ends with the test. */
export async function startHostProgram(command: string, args: readonly string[]): Promise<HostProgram> {
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const endWithTest = (): void => void child.kill('SIGKILL')
  process.once('exit', endWithTest)
  let log = ''
  for (const output of [child.stdout, child.stderr]) output?.on('data', (text: Buffer) => (log += text.toString()))
  await once(child, 'spawn')
  return {
    log: () => log,
    check: () => {
      if (child.exitCode !== null) throw new Error(`${command} ended: ${log}`)
    },
    stop: async () => {
      process.removeListener('exit', endWithTest)
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}
