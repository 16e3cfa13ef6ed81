import { once } from 'node:events'
import { createServer } from 'node:net'

/** Consecutive ports, which compose requires for replicas. Below the kernel's range of ephemeral ports. */
export async function freePorts(count: number, from: number): Promise<number[]> {
  for (let first = from; first < from + 2_000; first += count) {
    const ports = Array.from({ length: count }, (_, i) => first + i)
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return ports
  }
  throw new Error(`no ${count} consecutive ports are free from ${from} on`)
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false // taken
  }
  server.close()
  await once(server, 'close')
  return true
}
