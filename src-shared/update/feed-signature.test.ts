import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { checkFeedSignature, readFeedKey, signatureNameOf, signFeed } from './feed-signature.ts'
import type { FeedCrypto } from './feed-signature.ts'

const crypto: FeedCrypto = {
  verify: (message, { signature, key }) =>
    verify(
      null,
      message,
      createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' }),
      Buffer.from(signature, 'base64'),
    ),
}
const ours = newKey()
const manifest = Buffer.from('version: 0.2.1\n')
const signature = signFeed(manifest, ours.sign)

function newKey() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const der = publicKey.export({ format: 'der', type: 'spki' })
  return {
    der: der.toString('base64'),
    raw: der.subarray(-32).toString('base64'),
    sign: (message: Uint8Array) => sign(null, message, privateKey).toString('base64'),
  }
}

test('a key reads the same as 32 bytes and as the body of a PEM', () => {
  expect([readFeedKey(ours.raw), readFeedKey(` ${ours.der}\n`)]).toEqual([ours.der, ours.der])
})

test.each([
  ['nothing', ''],
  ['a word', 'secret'],
  ['a key of 31 bytes', Buffer.alloc(31).toString('base64')],
  ['a key of 33 bytes', Buffer.alloc(33).toString('base64')],
  ['hexadecimal', '00'.repeat(32)],
  ['a private key', `MC4CAQAwBQYDK2VwBCIEI${'A'.repeat(43)}`],
  ['base64 with loose bits', `${'A'.repeat(42)}B=`],
])('%s is no key', (_, text) => {
  expect(readFeedKey(text)).toBeUndefined()
})

test('the signature of a manifest is beside it', () => {
  expect(signatureNameOf('latest-linux.yml')).toBe('latest-linux.yml.sig')
})

test('the exact bytes are signed, by this key', () => {
  const check = (bytes: Uint8Array, text: string, key = ours.der) =>
    checkFeedSignature({ manifest: bytes, signature: text, key }, crypto)
  expect([
    check(manifest, signature),
    check(manifest, signature.replace('\n', '\r\n')),
    check(Buffer.from('version: 0.2.2\n'), signature),
    check(Buffer.concat([manifest, Buffer.from('\n')]), signature),
    check(manifest, signature, newKey().der),
    check(manifest, newKey().sign(manifest)),
  ]).toEqual(['ok', 'ok', 'wrong', 'wrong', 'wrong', 'wrong'])
})

test.each([
  ['an empty file', ''],
  ['an error page', '<html>Not found</html>'],
  ['half of a signature', signature.slice(0, 44)],
  ['two signatures', signature + signature],
])('%s is no signature', (_, text) => {
  expect(checkFeedSignature({ manifest, signature: text, key: ours.der }, crypto)).toBe('malformed')
})

test('a key that the cryptography refuses signs nothing', () => {
  const refusing: FeedCrypto = {
    verify: () => {
      throw new Error('invalid point')
    },
  }
  expect(checkFeedSignature({ manifest, signature, key: ours.der }, refusing)).toBe('wrong')
})
