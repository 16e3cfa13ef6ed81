import { execFileSync } from 'node:child_process'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file that only the older package has: an upgrade must remove it. */
export const removedFile = 'usr/lib/remo/of-0.1.0.txt'

/**
 * Makes the package that an upgrade begins with: the same files as version 0.1.0, which was never packaged.
 * @param deb path of the package of this version
 * @returns path of the .deb, in the folder
 */
export function packageBefore(deb: string, folder: string): string {
  const unpacked = join(folder, 'unpacked')
  execFileSync('dpkg-deb', ['--raw-extract', deb, unpacked])
  const control = join(unpacked, 'DEBIAN', 'control')
  writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, 'Version: 0.1.0'))
  appendFileSync(join(unpacked, removedFile), 'only in 0.1.0\n', { mode: 0o644 })
  const target = join(folder, 'remo_0.1.0.deb')
  // Not compressed: that would take longer than the tests.
  execFileSync('dpkg-deb', ['-Znone', '--build', '--root-owner-group', unpacked, target], { stdio: 'pipe' })
  return target
}
