import { expect, test } from 'vitest'
import { setVariables } from './environment.ts'

const readText = (path: string): string => {
  if (path === '/gone') throw new Error('no such file')
  return `of ${path}\r\n`
}

test('an empty variable is not set, and a value from a file has no line end', () => {
  const env = { A: 'a', B: '', C: undefined, SECRET_FILE: '/s', SECRET: '', OTHER_FILE: '/o' }
  expect(setVariables(env, ['SECRET'], readText)).toEqual({
    values: { A: 'a', SECRET: 'of /s', SECRET_FILE: '/s', OTHER_FILE: '/o' },
    problems: [],
  })
})

test('a value next to its file, and a missing file, are problems', () => {
  const env = { BOTH: 'x', BOTH_FILE: '/b', GONE_FILE: '/gone' }
  const { values, problems } = setVariables(env, ['BOTH', 'GONE'], readText)
  expect(values['GONE']).toBeUndefined()
  expect(problems).toEqual([
    'BOTH: set either BOTH or BOTH_FILE, not both.',
    'GONE_FILE: cannot read /gone (no such file).',
  ])
})
