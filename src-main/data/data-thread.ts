import { parentPort, workerData } from 'node:worker_threads'
import { CacheLock } from '../store/cache-lock.ts'
import { ConsoleStore } from '../store/console-store.ts'
import { journalLimits } from '../store/heads/journal-sizes.ts'
import type { DataCalls, DataEvents, DataThreadOptions } from '../threads/data-calls.ts'
import { Lifetime } from '#shared/lifetime.ts'
import { portLog } from '../threads/thread-log.ts'
import type { HeadCalls } from '../threads/read-calls.ts'
import { onPort, onStop, serveThread } from '../threads/thread-server.ts'
import type { ThreadServer } from '../threads/thread-server.ts'
import { Engine } from './engine.ts'
import { NetworkWatch } from './network-watch.ts'
import { openStream } from './open-stream.ts'
import type { Stream } from '../../src-kafka/stream.ts'

if (parentPort === null) throw new Error('data/start.ts is the entry of a worker thread')
const port = parentPort
const options = workerData as DataThreadOptions
const log = portLog(port, 'data')
const life = new Lifetime(log)
// Before anything starts, so that a thread that fails halfway still stops everything it started.
onStop(port, () => life.end())

const now = Date.now
const lock = CacheLock.take(options.dataDir, options.connectionName ?? 'This cache')
life.own('lock', lock, () => lock.release())
const { store, notices } = ConsoleStore.open(options.dataDir, now(), {
  ...journalLimits,
  hasBeenOpen: options.hasBeenOpen ?? false,
})
life.own('store', store, () => store.close())

const { user, stockRules, hasBackend, team = '', kafka, startAt, retention, mappings, own } = options

const engine: Engine = new Engine({
  store,
  notices,
  options: {
    user,
    stockRules,
    hasBackend,
    team,
    startAt,
    topicPattern: kafka?.topicPattern ?? '',
    ...(retention && { retention }),
    ...(mappings && { mappings }),
    ...(own && { own }),
  },
  log,
  now,
  emit: (event, payload, transfer) => served.emit(event, payload, transfer),
  retry: () => stream.retryNow(),
  reconnect: () => stream.reconnect(),
  network: new NetworkWatch({ changed: ({ gone }) => stream.networkChanged(gone), log }),
  // Thrown outside any call, so that no handler catches it: the thread stops and restarts.
  fatal: (error) =>
    setImmediate(() => {
      throw error
    }),
})
const stream: Stream = openStream({ options, engine, log, now })
const served: ThreadServer<DataEvents> = serveThread<DataCalls, DataEvents>(port, engine.calls, log)
life.own('calls', served, () => served.stop())
onPort(port, 'head', (given) =>
  serveThread<HeadCalls>(
    given,
    { 'head.get': ({ nodeId, metrics }) => store.samples.sharedHeads(nodeId, metrics) },
    log,
  ),
)
engine.start()
life.own('engine', engine, () => engine.stop())
stream.start()
life.own('stream', stream, () => stream.stop())
