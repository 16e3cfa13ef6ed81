import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KeychainSecrets } from '../../src-main/main/secrets/keychain-secrets.ts'
import { InMemorySecrets } from '../../src-main/main/secrets/in-memory-secrets.ts'
import { nullLog } from '../support/null-log.ts'
import { forkKeychain, KeyringSession } from './secret-store-keychain.ts'
import { secretStoreContract } from './secret-store-contract.ts'

describe('secrets in memory', () => {
  const store = new InMemorySecrets('There is no keychain.')
  secretStoreContract(() => store)
})

describe('secrets in GNOME Keyring', () => {
  const session = new KeyringSession()
  beforeAll(() => session.start())
  afterAll(() => session.end())

  secretStoreContract(() => session.secrets())

  test('a later run reads the secret of an earlier run, without a warning', async () => {
    const earlier = session.secrets()
    await earlier.write('ada at http://backend', 'kept')
    const later = session.secrets()
    expect([await later.read('ada at http://backend'), earlier.keychainProblem, later.keychainProblem]).toEqual([
      'kept',
      undefined,
      undefined,
    ])
  })

  test('a keychain that does not answer is abandoned, and the secret lasts for this run', async () => {
    const store = session.secrets(500)
    session.freeze()
    try {
      await store.write('ada', 'of this run')
      expect([await store.read('ada'), store.keychainProblem]).toEqual([
        'of this run',
        expect.stringMatching(/^The keychain does not answer/),
      ])
    } finally {
      session.thaw()
    }
  })
})

describe('without a keychain', () => {
  let dir: string
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'remo-no-keychain-'))
  })
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  /** A process in place of the keychain process. */
  function otherProcess(code: string): string {
    const file = join(dir, `${code.length}.mjs`)
    writeFileSync(file, code)
    return file
  }

  const { DBUS_SESSION_BUS_ADDRESS: _bus, DISPLAY: _display, ...withoutBus } = process.env
  const broken = {
    'no session bus': () => forkKeychain(withoutBus),
    'an unreachable session bus': () =>
      forkKeychain({ ...withoutBus, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' }),
    'a module that does not load': () =>
      forkKeychain(process.env, otherProcess(`process.on('message', () => { throw new Error('no keytar.node') })`)),
    'a module that aborts its process': () =>
      forkKeychain(process.env, otherProcess(`process.on('message', () => process.abort())`)),
  }

  test.each(Object.entries(broken))('%s: the secret lasts for this run, with a warning', async (_name, start) => {
    const store = new KeychainSecrets({ start, log: nullLog })
    expect(await store.read('ada')).toBeUndefined()
    await store.write('ada', 'of this run')
    expect([await store.read('ada'), store.keychainProblem]).toEqual([
      'of this run',
      'No working keychain found, so you stay signed in only until ReMo quits.',
    ])
    await store.delete('ada')
    expect(await store.read('ada')).toBeUndefined()
  })
})
