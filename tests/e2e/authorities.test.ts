import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificates } from '../support/certificates.ts'
import { makeOddCertificates, type ServerPair } from '../support/odd-certificates.ts'
import { signIn } from '../support/window-steps.ts'
import { expect, test } from './fixtures.ts'

/** TLS in front of a backend. */
async function tlsFront(target: string, { cert, key }: ServerPair): Promise<{ url: string; end: () => void }> {
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (incoming, outgoing) => {
    const { method, url, headers } = incoming
    const forwarded = request(new URL(url ?? '/', target), { method, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(outgoing)
    })
    forwarded.on('error', () => outgoing.destroy())
    incoming.pipe(forwarded)
  })
  server.listen(0, 'localhost')
  await once(server, 'listening')
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    end: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

test('a backend is trusted if NODE_EXTRA_CA_CERTS has its authority, and only then', async ({ launch, backend }) => {
  test.setTimeout(120_000)
  const dir = mkdtempSync(join(tmpdir(), 'remo-authorities-'))
  const certificates = await makeCertificates(dir)
  const { expiring, elsewhere } = await makeOddCertificates(dir, certificates)
  const [good, wrongName] = [await tlsFront(backend.url, expiring), await tlsFront(backend.url, elsewhere)]
  const trusting = { NODE_EXTRA_CA_CERTS: certificates.ca }

  const trusted = await launch({ env: { REMO_BACKEND_URL: good.url, ...trusting } })
  await signIn(await trusted.window(), 'operator')
  await trusted.quit()

  for (const env of [
    { REMO_BACKEND_URL: good.url, NODE_EXTRA_CA_CERTS: '' },
    { REMO_BACKEND_URL: wrongName.url, ...trusting },
  ]) {
    const console = await launch({ env })
    const window = await console.window()
    await expect(window.getByRole('contentinfo', { name: 'Status' })).toContainText('unreachable since')
    await console.quit()
  }
  good.end()
  wrongName.end()
})
