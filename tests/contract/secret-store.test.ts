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

  test('a keychain that does not answer is waited for; meanwhile secrets last for this run', async () => {
    const store = session.secrets()
    let answers = 0
    store.onAnswer(() => answers++)
    session.freeze()
    try {
      await store.write('ada', 'of this run')
      expect([await store.read('ada'), await store.read('bob'), store.isAnswering, store.keychainProblem]).toEqual([
        'of this run',
        undefined,
        false,
        expect.stringMatching(/^The keychain does not answer/),
      ])
    } finally {
      session.thaw()
    }
    await expect.poll(() => answers).toBe(1)
    expect([store.isAnswering, store.keychainProblem]).toEqual([true, undefined])
    expect(await session.secrets().read('ada')).toBe('of this run')
  })

  test('a secret that could not be read is read as soon as the keychain answers', async () => {
    await session.secrets().write('eva', 'kept')
    const store = session.secrets()
    const answered = new Promise<void>((resolve) => store.onAnswer(resolve))
    session.freeze()
    try {
      expect([await store.read('eva'), store.isAnswering]).toEqual([undefined, false])
    } finally {
      session.thaw()
    }
    await answered
    expect(await store.read('eva')).toBe('kept')
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
