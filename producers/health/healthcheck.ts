/**
 * For the image's HEALTHCHECK: exits with 0 if another process of this container has an established connection, which
 * can only be one to Kafka, else with 1. Asks the kernel, not the producer or Kafka, so it requires no port and no
 * writable folder, and works in the network of the host.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { establishedSockets, socketInode } from './sockets.ts'

const open = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => [...establishedSockets(readTable(path))]))
const others = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
process.exitCode = others.some(isConnected) ? 0 : 1

/** IPv6 may be off. */
function readTable(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function isConnected(pid: string): boolean {
  return linksOf(`/proc/${pid}/fd`).some((link) => open.has(socketInode(link) ?? 'none'))
}

/** None of a process that has ended or belongs to another user. */
function linksOf(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => readlinkSync(`${folder}/${name}`))
  } catch {
    return []
  }
}
