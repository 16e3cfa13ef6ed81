import { expect, test } from 'vitest'
import { installDeb } from './install-deb.ts'
import type { Run } from './install-deb.ts'

const sum = Buffer.alloc(64, 0xab).toString('base64')
const ends =
  (code: number, stderr = ''): Run =>
  () =>
    Promise.resolve({ code, stderr })

test('pkexec gets the file and its checksum as arguments, never as part of a command', async () => {
  const runs: Array<readonly [string, readonly string[]]> = []
  await installDeb("/tmp/a b'; rm -rf /.deb", sum, (program, args) => {
    runs.push([program, args])
    return Promise.resolve({ code: 0, stderr: '' })
  })
  const [[program, args] = ['', []]] = runs
  expect(program).toBe('/usr/bin/pkexec')
  expect(args.slice(0, 3)).toEqual(['--disable-internal-agent', '/bin/sh', '-c'])
  expect(args.slice(4)).toEqual(['remo-update', "/tmp/a b'; rm -rf /.deb", 'ab'.repeat(64)])
})

test.each([
  ['a canceled password', ends(126), 'The password was not given. Nothing was installed.', undefined],
  [
    'a session without an agent',
    ends(127, 'Error executing command'),
    /nothing that could ask/,
    'sudo apt install /f.deb',
  ],
  ['a file that has changed', ends(65), /has changed since it was checked/, undefined],
  [
    'a package that cannot be installed',
    ends(100, 'Reading\nE: Unmet dependencies'),
    'The system did not install the package: Unmet dependencies.',
    'sudo apt install /f.deb',
  ],
  ['no reason', ends(1), 'The system did not install the package.', 'sudo apt install /f.deb'],
] as const)('%s has a sentence', async (_, run, sentence, command) => {
  const failure = await installDeb('/f.deb', sum, run).catch((cause: unknown) => cause)
  expect(failure).toMatchObject({
    message: typeof sentence === 'string' ? sentence : (expect.stringMatching(sentence) as unknown),
    way: command === undefined ? undefined : { kind: 'command', command },
  })
})
