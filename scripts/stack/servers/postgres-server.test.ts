import { expect, test } from 'vitest'
import { localeArguments } from './postgres-server.ts'

test('a locale that only Linux has is asked of Linux only', () => {
  expect(localeArguments('linux')).toEqual(['--locale=C.UTF-8'])
  expect(localeArguments('win32')).toEqual(localeArguments('darwin'))
  expect(localeArguments('darwin')).toContain('--locale-provider=builtin')
})
