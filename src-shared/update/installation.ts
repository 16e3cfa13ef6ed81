import type { InstallWay } from './updates-view.ts'
import type { PackageKind } from './update-manifest.ts'

/** Facts about how this ReMo came onto the computer. */
export interface InstallationFacts {
  /** False: it runs from its source. */
  readonly isPackaged: boolean
  /** As Node calls it. */
  readonly platform: string
  /** Path of the AppImage, if it runs from one (`APPIMAGE`). */
  readonly appImage: string | undefined
  /** Content of `resources/package-type`, which deb and rpm have. */
  readonly packageType: string | undefined
}

/** `unsupported`: a feed cannot update it; one sentence. */
export type Installation =
  { readonly kind: 'package'; readonly type: PackageKind } | { readonly kind: 'unsupported'; readonly reason: string }

/** What kind of package a feed must have for this ReMo. */
export function installationOf({ isPackaged, platform, appImage, packageType }: InstallationFacts): Installation {
  if (!isPackaged) return unsupported('This ReMo runs from its source; update it with git.')
  if (platform === 'win32') return { kind: 'package', type: 'nsis' }
  if (platform === 'darwin') return { kind: 'package', type: 'mac' }
  if (appImage) return { kind: 'package', type: 'appimage' }
  const type = packageType?.trim()
  if (type === 'deb' || type === 'rpm') return { kind: 'package', type }
  return unsupported('This ReMo was not installed from a package. Update it the way it was installed.')
}

function unsupported(reason: string): Installation {
  return { kind: 'unsupported', reason }
}

/** Facts about what this user may do here. */
export interface InstallAbility {
  /** `pkexec` is installed, and can ask for a password. */
  readonly canAskPassword: boolean
  /** The file of the AppImage can be replaced. */
  readonly canReplaceAppImage: boolean
}

/** How a downloaded file gets installed here. */
export function installWay(
  type: PackageKind,
  { file, appImage }: { readonly file: string; readonly appImage: string | undefined },
  ability: InstallAbility,
): InstallWay {
  switch (type) {
    case 'deb':
      if (ability.canAskPassword) return { kind: 'password' }
      return byCommand(type, file, 'This computer has no pkexec, so ReMo cannot ask for the password.')
    case 'rpm':
      return byCommand(type, file, 'ReMo does not install rpm packages itself.')
    case 'appimage':
      if (ability.canReplaceAppImage) return { kind: 'itself' }
      return {
        kind: 'command',
        command: `sudo install -m 755 ${quoted(file)} ${quoted(appImage ?? '')}`,
        why: 'You may not replace the file of this AppImage.',
      }
    default:
      return { kind: 'itself' }
  }
}

/** The way that is left when the system refuses to ask for a password. `why`: one sentence. */
export function byCommand(type: 'deb' | 'rpm', file: string, why: string): InstallWay {
  const install = type === 'deb' ? 'sudo apt install' : 'sudo dnf install'
  return { kind: 'command', command: `${install} ${quoted(file)}`, why }
}

/** For a POSIX shell. */
function quoted(path: string): string {
  return /^[A-Za-z0-9/._+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}
