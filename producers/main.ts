import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { producerLog } from './line-log.ts'
import { runProducers } from './run-producers.ts'
import { readProducerSettings, type ProducerSettings } from './settings/producer-settings.ts'

const exitAfter = { SIGINT: 130, SIGTERM: 143 } as const

const result = readProducerSettings({
  argv: process.argv.slice(2),
  env: process.env,
  readText: (path) => readFileSync(path, 'utf8'),
})
switch (result.kind) {
  case 'help':
    process.stdout.write(result.text)
    break
  case 'version':
    process.stdout.write(`${version()}\n`)
    break
  case 'problems':
    for (const problem of result.problems) process.stderr.write(`${problem}\n`)
    process.exitCode = 2
    break
  case 'run':
    process.exit(await publish(result.settings))
}

/** @returns the exit code */
async function publish(settings: ProducerSettings): Promise<number> {
  const stop = new AbortController()
  let code = 0
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      code = exitAfter[signal]
      if (stop.signal.aborted) process.exit(code) // second signal: stop immediately
      stop.abort()
    })
  }
  const log = producerLog(settings.logFormat, (line) => process.stdout.write(line), Date.now)
  const left = await runProducers(settings, { log, now: Date.now, signal: stop.signal })
  return left > 0 ? 1 : code
}

function version(): string {
  const manifest = readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
