/**
 * Runs in the build of an image, after `npm ci --omit=dev`: leaves only the named packages and what they need, and
 * writes `sbom.cdx.json`, CycloneDX, of exactly that. Plain JavaScript with Node built-ins, as in the image.
 *   node image-packages.mjs <name of the image> <package>...
 */
import { execFileSync } from 'node:child_process'
import { globSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'

/** Not those below, which only say how the files of a folder are to be read. */
const installedManifests = ['', '**/node_modules/'].flatMap((inside) => [
  `node_modules/${inside}*/package.json`,
  `node_modules/${inside}@*/*/package.json`,
])

const [image, ...packages] = process.argv.slice(2)
const manifest = keepDependencies(JSON.parse(readFileSync('package.json', 'utf8')), packages)
writeFileSync('package.json', `${JSON.stringify(manifest, null, 2)}\n`)
// everything is there, so nothing is asked of a registry
npm('prune', '--omit=dev', '--ignore-scripts', '--offline')
for (const scope of readdirSync('node_modules', { withFileTypes: true })) {
  const isEmpty = scope.isDirectory() && readdirSync(`node_modules/${scope.name}`).length === 0
  if (isEmpty) rmdirSync(`node_modules/${scope.name}`)
}
// 8 MB of the backend's 40, which only a debugger reads
for (const map of globSync('node_modules/**/*.map')) rmSync(map)
const sbom = reproducible(JSON.parse(npm('sbom', '--omit=dev', '--sbom-format=cyclonedx', '--sbom-type=application')))
requireSame(sbom)
writeFileSync('sbom.cdx.json', `${JSON.stringify(sbom, null, 2)}\n`)

/** The manifest without everything that only development and the other programs use. */
function keepDependencies({ scripts: _, devDependencies: __, optionalDependencies: ___, ...rest }, names) {
  const versions = Object.fromEntries(names.map((name) => [name, rest.dependencies[name]]))
  const unknown = names.filter((name) => versions[name] === undefined)
  if (unknown.length > 0) throw new Error(`not in package.json: ${unknown.join(', ')}`)
  return { ...rest, dependencies: versions }
}

/** The same packages give the same bytes. The program itself is in no registry: a package of its name is another's. */
function reproducible({ serialNumber: _, metadata: { timestamp: __, component, ...metadata }, ...rest }) {
  const { purl: ___, ...own } = component
  return { ...rest, metadata: { ...metadata, component: { ...own, name: image } } }
}

/** @throws Error if the SBOM is not what is installed: npm leaves packages out that it does not understand */
function requireSame({ components }) {
  const listed = new Set(components.map(({ name, version }) => `${name}@${version}`))
  const installed = new Set(globSync(installedManifests).map(packageIn))
  const different = [...listed.symmetricDifference(installed)]
  if (different.length > 0) throw new Error(`the SBOM and node_modules differ: ${different.join(', ')}`)
}

function packageIn(file) {
  const { name, version } = JSON.parse(readFileSync(file, 'utf8'))
  return `${name}@${version}`
}

function npm(...args) {
  return execFileSync('npm', args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}
