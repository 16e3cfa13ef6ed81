import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { UserError } from '../bootstrap/console-output.mjs'

/**
 * @param setting the environment variable of the port
 * @throws UserError with the listening program, if the system shows it
 */
export async function requireFreePort(port: number, setting: string): Promise<void> {
  if (await isFree(port)) return
  throw new UserError(`Port ${port} is in use${listenerOn(port)}. Stop that program or set ${setting}=<port>.`)
}

const given = new Set<number>()

/** A port that was free a moment ago, another one each time. The kernel does not reuse it soon. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = await listen(0)
    const { port } = server.address() as AddressInfo
    await close(server)
    if (given.has(port)) continue
    given.add(port)
    return port
  }
}

async function isFree(port: number): Promise<boolean> {
  try {
    await close(await listen(port))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false
    throw error
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

async function close(server: Server): Promise<void> {
  server.close()
  await once(server, 'close')
}

/** Empty if the system does not show it (not Linux, or another user's process). */
function listenerOn(port: number): string {
  if (process.platform !== 'linux') return ''
  const sockets = listeningSockets(port)
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (socketsOf(pid).some((link) => sockets.has(link))) {
      return ` by ${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (process ${pid})`
    }
  }
  return ''
}

/** proc(5), /proc/net/tcp: local address in field 1, state in 3 (0A listens), inode in 9. */
function listeningSockets(port: number): Set<string> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const rows = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readFileSync(file, 'utf8').split('\n').slice(1))
  return new Set(
    rows
      .map((row) => row.trim().split(/\s+/))
      .filter((fields) => fields[1]?.endsWith(suffix) && fields[3] === '0A')
      .map((fields) => `socket:[${fields[9]}]`),
  )
}

function socketsOf(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`)
      } catch {
        return '' // closed since the listing
      }
    })
  } catch {
    return [] // exited, or another user's process
  }
}
