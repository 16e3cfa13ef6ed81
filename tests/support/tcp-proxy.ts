import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** State of the link: `open`; `cut`: refuses connections; `dead`: open without data; `slow`: delays every chunk. */
export type LinkMode = 'open' | 'cut' | 'dead' | 'slow'

export interface TcpProxy {
  readonly port: number
  set(line: LinkMode): void
  /** Chunks that a dead link has lost. */
  lost(): number
  end(): Promise<void>
}

const slowMs = 300

/** A TCP proxy to a server on this machine that simulates bad links. */
export async function tcpProxy(target: number, port = 0): Promise<TcpProxy> {
  let line: LinkMode = 'open'
  let lost = 0
  const pairs = new Set<readonly [Socket, Socket]>()
  const server = createServer((client) => {
    if (line === 'cut') {
      client.destroy()
      return
    }
    const upstream = connect(target, '127.0.0.1')
    const pair = [client, upstream] as const
    pairs.add(pair)
    relay(client, upstream)
    relay(upstream, client)
    for (const [one, other] of [pair, [upstream, client] as const]) {
      one.on('error', () => other.destroy())
      one.on('close', () => {
        other.destroy()
        pairs.delete(pair)
      })
    }
  })

  function relay(from: Socket, to: Socket): void {
    from.on('data', (piece) => {
      if (line === 'dead') return void lost++ // like behind a firewall that dropped the connection
      if (line === 'slow') setTimeout(() => to.writable && to.write(piece), slowMs)
      else to.write(piece)
    })
  }

  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    set: (next) => {
      line = next
      // Lost bytes cannot be resent: a dead connection stays dead until one side closes it.
      if (next === 'cut') for (const [client] of pairs) client.destroy()
    },
    lost: () => lost,
    end: async () => {
      for (const [client] of pairs) client.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
