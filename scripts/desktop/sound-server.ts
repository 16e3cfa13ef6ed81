/** A real PulseAudio with one output, which nobody can hear: a null sink. It knows neither the user's own nor any device. */
import { mkdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isRunning } from '../bootstrap/process-identity.mjs'
import { logTail, startDaemon, stopDaemon } from '../process/daemon.ts'

export interface SoundServer {
  stop(): Promise<void>
}

const name = 'pulseaudio'
const readyWithinMs = 20_000
const graceMs = 5_000
/** What is played there can be recorded from `<sink>.monitor`. */
export const nullSink = 'remo'

/** Value of `PULSE_SERVER` for programs that use the server of this folder. */
export function soundServerAddress(dir: string): string {
  return `unix:${socketOf(dir)}`
}

function socketOf(dir: string): string {
  return join(dir, 'native')
}

/** @param dir for its socket, its log and its state. Returns when programs can connect. */
export async function startSoundServer(dir: string, env: NodeJS.ProcessEnv = process.env): Promise<SoundServer> {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  rmSync(socketOf(dir), { force: true })
  const modules = [
    `module-native-protocol-unix socket=${socketOf(dir)} auth-anonymous=1`,
    `module-null-sink sink_name=${nullSink}`,
  ]
  const options = ['--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no', '--disable-shm=yes', '--realtime=no']
  const identity = await startDaemon({
    name,
    dir,
    command: 'pulseaudio',
    // -n: nothing of the system's configuration.
    args: ['-n', ...options, '--high-priority=no', ...modules.flatMap((module) => ['--load', module])],
    env: { ...env, HOME: dir, XDG_RUNTIME_DIR: dir, XDG_CONFIG_HOME: dir, PULSE_RUNTIME_PATH: dir },
  })
  const deadline = Date.now() + readyWithinMs
  while (!(await answers(socketOf(dir)))) {
    if (!isRunning(identity) || Date.now() > deadline) throw new Error(`no sound server:\n${logTail(dir, name)}`)
    await delay(20)
  }
  return { stop: () => stopDaemon(identity, graceMs) }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
