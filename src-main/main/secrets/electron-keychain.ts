import { utilityProcess } from 'electron'
import type { KeychainAnswer, KeychainProcess } from './keychain-call.ts'
import keychainProcessPath from './keychain-process?modulePath'

/** Starts the keychain process as an Electron utility process. Call it when the app is ready. */
export function startElectronKeychain(): KeychainProcess {
  const helper = utilityProcess.fork(keychainProcessPath, [], {
    serviceName: 'ReMo keychain',
    stdio: 'ignore',
    env: withoutKafka(process.env),
  })
  return {
    ask: (request) => helper.postMessage(request),
    onAnswer: (listener) => void helper.on('message', (answer) => listener(answer as KeychainAnswer)),
    onExit: (listener) => void helper.on('exit', listener),
    kill: () => void helper.kill(),
  }
}

/** Hides the Kafka password from this process. */
function withoutKafka(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('KAFKA_')))
}
