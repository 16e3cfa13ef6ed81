import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Makes a package with a pkexec that asks nobody, for the copy of the system that a stage throws away: the session of a
 * test has no agent for passwords. What it starts runs as root, as with the real one.
 * @returns path of the .deb
 */
export function pkexecPackage(folder: string): string {
  const tree = join(folder, 'pkexec')
  const put = (path: string, content: string, mode: number): void => {
    mkdirSync(join(tree, path, '..'), { recursive: true })
    writeFileSync(join(tree, path), content)
    chmodSync(join(tree, path), mode)
  }
  const control = [
    'Package: remo-test-pkexec',
    'Version: 1',
    'Architecture: all',
    'Maintainer: ReMo',
    'Description: test',
  ]
  put('DEBIAN/control', `${control.join('\n')}\n`, 0o644)
  put(
    'usr/bin/pkexec',
    '#!/bin/sh\nshift\nexec /usr/lib/remo-test/setpriv --reuid 0 --regid 0 --clear-groups -- "$@"\n',
    0o755,
  )
  mkdirSync(join(tree, 'usr/lib/remo-test'), { recursive: true })
  copyFileSync('/usr/bin/setpriv', join(tree, 'usr/lib/remo-test/setpriv'))
  chmodSync(join(tree, 'usr/lib/remo-test/setpriv'), 0o4755)
  for (const path of ['', 'DEBIAN', 'usr', 'usr/bin', 'usr/lib', 'usr/lib/remo-test'])
    chmodSync(join(tree, path), 0o755)
  const deb = join(folder, 'pkexec.deb')
  execFileSync('dpkg-deb', ['--build', '--root-owner-group', tree, deb], { stdio: 'pipe' })
  return deb
}
