import { expect, test } from 'vitest'
import { readingFrom } from '#shared/settings/settings-builders.ts'
import { trustedAuthorities } from './certificate-authorities.ts'

const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`
const none = readingFrom({})

test('the authorities of Node, of NODE_EXTRA_CA_CERTS and of the platform count, each once', () => {
  const stores = { default: [pem('A'), `${pem('B')}\n`], system: [pem('B'), pem('C')] }
  const sources = {
    getCACertificates: (type: 'default' | 'system') => stores[type],
    bundled: [],
    env: { NODE_EXTRA_CA_CERTS: '/extra.pem' },
    readText: readingFrom({ '/extra.pem': `# ours\n${pem('D')}\n${pem('A')}\n` }),
  }
  expect(trustedAuthorities(sources)).toEqual([pem('A'), pem('B'), pem('D'), pem('C')])
})

test.each([
  ['Debian', '/etc/ssl/certs/ca-certificates.crt'],
  ['Fedora', '/etc/pki/tls/certs/ca-bundle.crt'],
  ['openSUSE', '/etc/ssl/ca-bundle.pem'],
])('a runtime that cannot ask the platform reads the file of %s', (_system, path) => {
  const sources = { bundled: [pem('A')], env: {}, readText: readingFrom({ [path]: `${pem('B')}\n${pem('C')}` }) }
  expect(trustedAuthorities(sources)).toEqual([pem('A'), pem('B'), pem('C')])
})

test('SSL_CERT_FILE replaces the file of the platform', () => {
  const readText = readingFrom({ '/etc/ssl/certs/ca-certificates.crt': pem('B'), '/own.pem': pem('O') })
  expect(trustedAuthorities({ bundled: [], env: { SSL_CERT_FILE: '/own.pem' }, readText })).toEqual([pem('O')])
})

test('a store that cannot be read leaves the others', () => {
  const fails = () => {
    throw new Error('access denied')
  }
  const sources = { getCACertificates: fails, bundled: [], env: { NODE_EXTRA_CA_CERTS: '/gone.pem' }, readText: none }
  expect(trustedAuthorities(sources)).toEqual([])
})
