import { expect, test } from 'vitest'
import { howToInstall } from './system.mjs'

const java = { thing: 'Java', packages: ['jre'], darwin: 'brew install openjdk', win32: 'winget install Jdk' }
const maven = { thing: 'Maven', packages: ['maven'], darwin: 'brew install maven', win32: 'choco install maven' }

test('what is missing is installed as on this system, never with apt elsewhere', () => {
  expect(howToInstall([java, maven, maven], 'darwin')).toBe(
    'ReMo requires Java, Maven. Run: brew install openjdk, then brew install maven',
  )
  expect(howToInstall([java], 'win32')).toBe('ReMo requires Java. Run: winget install Jdk')
})

test('a Linux without apt has a package manager that ReMo does not know', () => {
  const how = "Install with this system's package manager and try again."
  expect(howToInstall([java], 'linux')).toBe(`ReMo requires Java. ${how}`)
  expect(howToInstall([{ thing: 'unzip', packages: ['unzip'] }], 'win32')).toBe(`ReMo requires unzip. ${how}`)
})
