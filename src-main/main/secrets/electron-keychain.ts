import { utilityProcess } from 'electron'
import type { KeychainAnswer, KeychainProcess } from './keychain-call.ts'
import keychainProcessPath from './keychain-process?modulePath'

/** The keychain process as a helper of Electron. Only once the app is ready. */
export function startElectronKeychain(): KeychainProcess {
  const helper = utilityProcess.fork(keychainProcessPath, [], { serviceName: 'ReMo keychain', stdio: 'ignore' })
  return {
    onStarted: (listener) => void helper.on('spawn', listener),
    ask: (request) => helper.postMessage(request),
    onAnswer: (listener) => void helper.on('message', (answer) => listener(answer as KeychainAnswer)),
    onExit: (listener) => void helper.on('exit', listener),
    kill: () => void helper.kill(),
  }
}
