import { expect, test } from 'vitest'
import { producerLog } from './line-log.ts'

const at = Date.UTC(2026, 10, 24, 10, 15, 30)

function lines(format: 'text' | 'json'): string[] {
  const written: string[] = []
  const log = producerLog(
    format,
    (line) => written.push(line),
    () => at,
  ).child({ node: 'a b' })
  log.debug('hidden')
  log.info('producer starting', { every: '5s' })
  return written
}

test('text is one event on a line', () => {
  expect(lines('text')).toEqual(['2026-11-24T10:15:30.000Z info producer starting node="a b" every=5s\n'])
})

test('JSON is one object on a line, with the keys of the other programs', () => {
  expect(lines('json')).toEqual([
    '{"time":"2026-11-24T10:15:30.000Z","level":"info","part":"producer","msg":"producer starting","node":"a b","every":"5s"}\n',
  ])
})
