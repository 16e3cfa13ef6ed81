import { createRequire } from 'node:module'
import type * as Keytar from 'keytar'
import type { KeychainAnswer, KeychainRequest } from './keychain-call.ts'
import { answerRequest, entryLimit } from './parted-secrets.ts'

/**
 * Entry of the keychain process. keytar is native code that may be missing, fail to load or hang. In a separate process
 * this does not affect the console. Electron's parent is `parentPort`, Node's is the channel of a fork.
 */
const parent = (process as { parentPort?: Electron.ParentPort }).parentPort
const reply = (answer: KeychainAnswer): void => {
  if (parent) parent.postMessage(answer)
  else process.send?.(answer)
}
const handle = (request: KeychainRequest): void => {
  // keytar may be missing: that rejects, too.
  Promise.resolve(request)
    .then(answerTo)
    .then(
      (secret) => reply({ ok: true, secret }),
      (error: unknown) => reply({ ok: false, problem: error instanceof Error ? error.message : String(error) }),
    )
}

if (parent) parent.on('message', ({ data }) => handle(data as KeychainRequest))
else process.on('message', (request) => handle(request as KeychainRequest))

function answerTo(request: KeychainRequest): Promise<string | null> {
  const keytar = createRequire(import.meta.url)('keytar') as typeof Keytar
  return answerRequest(keytar, request, entryLimit(process.platform))
}
