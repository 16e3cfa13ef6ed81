import { connect } from 'node:net'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'

const everyMs = 5

/** @returns the time (`performance.now()`) of the first accepted connection on a port of this machine */
export async function firstAccept(port: number): Promise<number> {
  while (!(await accepts(port))) await delay(everyMs)
  return performance.now()
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
