import { UserError } from '../bootstrap/console-output.mjs'

/** Packages that each system can make. `dir`: the unpacked app alone. */
const makes = {
  linux: ['deb', 'AppImage', 'rpm', 'dir'],
  win32: ['nsis', 'dir'],
  darwin: ['dmg', 'zip', 'dir'],
} as const

export type Target = (typeof makes)[keyof typeof makes][number]

export interface PackageOptions {
  readonly targets: readonly Target[]
  /** `false`: the targets are all that this system makes. One whose tools cannot be downloaded is then left out. */
  readonly named: boolean
  readonly compression: 'xz' | 'zstd'
}

/**
 * Reads `--target <name>[,<name>]` and `--compression xz|zstd`.
 * @throws UserError on another argument, or a target that this system cannot make
 */
export function packageOptions(args: readonly string[], platform: NodeJS.Platform): PackageOptions {
  const possible: readonly Target[] = platform in makes ? makes[platform as keyof typeof makes] : []
  let targets: readonly Target[] | undefined
  let compression: PackageOptions['compression'] = 'xz'
  for (let index = 0; index < args.length; index += 2) {
    const [flag, value] = [args[index], args[index + 1]]
    if (flag === '--target' && value !== undefined) targets = value.split(',').map((name) => targetOf(name, possible))
    else if (flag === '--compression' && (value === 'xz' || value === 'zstd')) compression = value
    else throw new UserError('Usage: npm run package [-- --target <name>[,<name>]] [--compression xz|zstd]')
  }
  return { targets: targets ?? possible.filter((name) => name !== 'dir'), named: targets !== undefined, compression }
}

function targetOf(name: string, possible: readonly Target[]): Target {
  const target = possible.find((one) => one.toLowerCase() === name.toLowerCase())
  if (target === undefined) throw new UserError(`This system makes: ${possible.join(', ')}. It cannot make "${name}".`)
  return target
}
