import { expect, test } from 'vitest'
import type { SecretStore } from '../../src-main/main/secrets/secret-store.ts'

/** The console's requirements on a secret store. `open` opens the same store each time. */
export function secretStoreContract(open: () => SecretStore): void {
  test('an account that was never written has no secret', async () => {
    expect(await open().read('nobody at http://backend')).toBeUndefined()
  })

  test('a secret of any text is read back unchanged', async () => {
    const store = open()
    const secrets = { plain: 'a'.repeat(2000), 'ünïcode at https://höst/ä b': 'žluťoučký 🔑 "quoted" \\ \n line' }
    for (const [account, secret] of Object.entries(secrets)) await store.write(account, secret)
    const read = Object.keys(secrets).map(async (account) => [account, await store.read(account)] as const)
    expect(Object.fromEntries(await Promise.all(read))).toEqual(secrets)
  })

  test('the last write wins, in call order', async () => {
    const store = open()
    await Promise.all([store.write('ada', 'one'), store.write('ada', 'two'), store.write('ada', 'three')])
    expect(await store.read('ada')).toBe('three')
  })

  test('a deleted secret is gone, and other accounts stay', async () => {
    const store = open()
    await store.write('ada', 'a')
    await store.write('bob', 'b')
    await store.delete('ada')
    await store.delete('ada')
    expect([await store.read('ada'), await store.read('bob')]).toEqual([undefined, 'b'])
  })
}
