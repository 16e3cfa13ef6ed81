import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Installer, transformVersion } from 'electron-installer-debian'
import { debianChangelog } from './debian-changelog.ts'
import { linuxSizes } from './icons.ts'
import { manPage } from './man-page.ts'

export interface DebianRequest {
  readonly root: string
  /** electron-builder's `linux-unpacked`. */
  readonly unpacked: string
  readonly icons: string
  readonly version: string
  /** Debian's name of the processor. */
  readonly arch: 'amd64' | 'arm64'
  /** As for `dpkg-deb -Z`. xz makes the smallest file; zstd takes a fraction of the time. */
  readonly compression: 'xz' | 'zstd'
  /** Name and address: who answers for the package. */
  readonly maintainer: string
  readonly homepage: string
  /** Time of the commit, epoch milliseconds. */
  readonly at: number
}

/** What lintian reports of every Electron, and why it stays. */
const lintianOverrides = [
  // Chromium contains its own copies of libraries, and symbols for its crash reports.
  'embedded-library',
  'unstripped-binary-or-object',
]

/** The package of Debian and Ubuntu: the app in /usr/lib/remo, and what belongs to it in the system. */
class DebianPackage extends Installer {
  readonly #request: DebianRequest

  constructor(request: DebianRequest) {
    super(installerOptions(request))
    this.#request = request
  }

  override get contentFunctions(): string[] {
    return [...super.contentFunctions, 'createManPage', 'createDocs', 'createAppArmorProfile', 'createPackageType']
  }

  createManPage(): void {
    const { version, at } = this.#request
    this.#write('usr/share/man/man1/remo.1.gz', zipped(manPage({ version, at })))
  }

  /** Replaces the installer's, which is Electron's license alone. */
  createCopyright(): void {
    const { root } = this.#request
    const own = readFileSync(join(root, 'LICENSE'), 'utf8').trim()
    const text = own.split('\n').map((line) => ` ${line.trim() || '.'}`)
    const [, holder = ''] = /Copyright \(c\) (.*)/.exec(own) ?? []
    this.#write(
      'usr/share/doc/remo/copyright',
      [
        'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
        'Upstream-Name: ReMo',
        'Comment: Electron and Chromium come with their own licenses:',
        ' /usr/lib/remo/LICENSE.electron.txt and /usr/lib/remo/LICENSES.chromium.html.',
        '',
        'Files: *',
        `Copyright: ${holder}`,
        'License: MIT',
        ...text,
        '',
      ].join('\n'),
    )
  }

  createDocs(): void {
    const { root, version, maintainer, at } = this.#request
    this.#write('usr/share/doc/remo/changelog.gz', zipped(debianChangelog({ version, maintainer, at })))
    this.#write('usr/share/doc/remo/CHANGELOG.md.gz', zipped(readFileSync(join(root, 'CHANGELOG.md'))))
  }

  /** A file of configuration: dpkg keeps what an administrator changes in it. */
  createAppArmorProfile(): void {
    const profile = readFileSync(join(this.#request.root, 'packaging/linux/apparmor-profile'))
    this.#write('etc/apparmor.d/remo', profile)
    this.#write('DEBIAN/conffiles', '/etc/apparmor.d/remo\n')
  }

  /** By this file an update knows which kind of package it needs: src-shared/update/installation.ts. */
  createPackageType(): void {
    this.#write('usr/lib/remo/resources/package-type', 'deb\n')
  }

  #write(path: string, content: string | Uint8Array): void {
    const target = join(this.stagingDir, path)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, content)
    chmodSync(target, 0o644)
  }
}

/** @returns path of the .deb */
export async function buildDebianPackage(request: DebianRequest): Promise<string> {
  const installer = new DebianPackage(request)
  await installer.generateDefaults()
  installer.generateOptions()
  await installer.createStagingDir()
  await installer.createContents()
  makeReadable(installer.stagingDir)
  await installer.createPackage()
  await installer.movePackage()
  const [path] = installer.options.packagePaths ?? []
  if (path === undefined) throw new Error('dpkg-deb made no package')
  return path
}

function installerOptions(request: DebianRequest) {
  const { root, unpacked, icons, version, arch, maintainer, homepage, compression } = request
  const linux = join(root, 'packaging', 'linux')
  const sized = linuxSizes.map((size) => [`${size}x${size}`, join(icons, `${size}x${size}.png`)])
  return {
    src: unpacked,
    dest: join(root, 'dist'),
    arch,
    name: 'remo',
    productName: 'ReMo',
    bin: 'remo',
    version: transformVersion(version),
    maintainer,
    homepage,
    compression,
    section: 'admin',
    description: 'desktop operator console for metrics in Kafka',
    productDescription:
      'ReMo reads the metrics of servers straight from Kafka and shows them live. When a value crosses a threshold, it ' +
      'raises a native notification, even with its window closed. A team shares thresholds, alerts and ' +
      'acknowledgements through a backend.',
    // The rest of what Electron requires comes from the installer's own list.
    depends: ['libc6', 'libasound2t64 | libasound2'],
    // Sounds of alerts. Without it, Chromium uses ALSA.
    recommends: ['gnome-keyring | kwalletmanager | keepassxc', 'libpulse0'],
    icon: Object.fromEntries([...sized, ['scalable', join(icons, 'icon.svg')]]) as Record<string, string>,
    desktopTemplate: join(linux, 'remo.desktop.ejs'),
    scripts: Object.fromEntries(['postinst', 'prerm', 'postrm'].map((name) => [name, join(linux, name)])),
    lintianOverrides,
    rename: (dest: string) => join(dest, `remo_${version}_${arch}.deb`),
    logger: () => undefined,
  }
}

/** Modes of files and folders come from the umask of the person who builds. */
function makeReadable(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) makeReadable(path)
    else if (entry.isFile()) chmodSync(path, isProgram(path) ? 0o755 : 0o644)
  }
}

/** A library is loaded, not started. */
function isProgram(path: string): boolean {
  return (statSync(path).mode & 0o100) !== 0 && !/\.(?:so(?:\.\d+)*|node)$/.test(path)
}

/** Always the same bytes: no name, no time. */
function zipped(content: string | Uint8Array): Buffer {
  return gzipSync(content, { level: 9 })
}
