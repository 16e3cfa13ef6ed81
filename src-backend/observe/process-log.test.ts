import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

const module = JSON.stringify(import.meta.resolve('./process-log.ts'))

/** What a process writes that logs and exits at once. */
function logged(settings: object): string[] {
  const program = `import { createProcessLog } from ${module}
    const log = createProcessLog(${JSON.stringify(settings)}).child({ part: 'jobs' })
    log.debug('hidden')
    log.warn('job failed\\nERROR', { name: 'rollup', cause: new Error('disk full') })
    process.exit(0)`
  const args = ['--input-type=module', '--eval', program]
  return spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout.trimEnd().split('\n')
}

test('JSON is one object on a line, with an RFC 3339 time', () => {
  const [line = '', ...more] = logged({ logLevel: 'info', logFormat: 'json' })
  expect(more).toEqual([])
  const event = JSON.parse(line) as { time: string }
  expect(event).toMatchObject({ level: 'warn', part: 'jobs', msg: 'job failed\nERROR', name: 'rollup' })
  expect(new Date(event.time).toISOString()).toBe(event.time)
})

test('text is one event on a line, as in the log of the console', () => {
  const [line, ...more] = logged({ logLevel: 'info', logFormat: 'text' })
  expect(more).toEqual([])
  expect(line).toMatch(/^\d{4}-\S+Z WARN jobs: job failed ERROR name=rollup cause=\{.*"message":"disk full"/)
})
