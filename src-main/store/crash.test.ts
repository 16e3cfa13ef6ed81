import { spawn } from 'node:child_process'
import { wholeNode } from '#shared/alert/series.ts'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ConsoleStore } from './console-store.ts'
import { ReadStore } from './read-store.ts'
import { aFolder, startAt, defined } from './store-builders.ts'

const writer = fileURLToPath(new URL('./test-writer.ts', import.meta.url))
const topic = 'metrics-all'
const kills = 10

let folder: ReturnType<typeof aFolder>
beforeEach(() => {
  folder = aFolder()
})
afterEach(() => folder.dispose())

/** Offsets of all stored records; each record's value is its offset. */
function storedOffsets(store: ConsoleStore): number[] {
  const reader = ReadStore.open(folder.dir)
  const metric = defined(reader.metrics()[0]).no
  const found: number[] = []
  for (const { id } of store.samples.latest()) {
    const node = defined(reader.parts(id)[0])
    for (const chunk of reader.chunks(node, { from: 0, to: 1e13 })) found.push(...defined(chunk.values(metric)))
    found.push(...defined(store.samples.head(id)).values)
  }
  reader.close()
  return found.sort((a, b) => a - b)
}

it('loses and duplicates nothing when the process is killed repeatedly during commits', async () => {
  for (let kill = 0; kill < kills; kill++) {
    const child = spawn(process.execPath, [writer, folder.dir], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data') // it has written 200 records
    // Not a wait for a result: each run is killed at another moment.
    await new Promise((resolve) => setTimeout(resolve, (kill * 11) % 60))
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  // The marker of the killed run makes the store check the file; damage would add a notice.
  const { store, notices } = ConsoleStore.open(folder.dir, startAt)
  const { next } = defined(store.position(topic, 0))
  expect(notices).toEqual([])
  expect(next).toBeGreaterThan(1000)
  expect(storedOffsets(store)).toEqual(Array.from({ length: next }, (_, k) => k))
  const ofMetrics = store.samples.series().filter(({ metric }) => metric !== wholeNode)
  const lasts = ofMetrics.map(({ state }) => defined(state.last).position.offset)
  expect(lasts.sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, i) => next - 10 + i))
  store.close()
}, 120_000)

it.skipIf(process.platform === 'win32')(
  'keeps memory and file equal when the disk is full, and continues when it has space again (not on Windows: it has no ulimit)',
  async () => {
    // A limit on file sizes stands for a disk that fills up.
    const limited = `trap '' XFSZ; ulimit -f 2000; exec "$0" "$@"`
    const child = spawn('sh', ['-c', limited, process.execPath, writer, folder.dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.on('data', (text) => (said += String(text)))
    await once(child, 'close')
    const [, inMemory, inFile] = defined(/^writing\n(?:io|full) (\d+) (\d+)\n$/.exec(said)).map(Number)
    expect(inMemory).toBe(inFile)
    const { store, notices } = ConsoleStore.open(folder.dir, startAt)
    expect([notices, defined(store.position(topic, 0)).next]).toEqual([[], inFile])
    expect(storedOffsets(store)).toEqual(Array.from({ length: defined(inFile) }, (_, k) => k))
    store.close()
  },
  30_000,
)
