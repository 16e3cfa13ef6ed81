/** What Windows (a value in the registry) or macOS (a login item) knows of this ReMo, as Electron tells it. */
export interface SystemLoginItem {
  readonly openAtLogin: boolean
  /** Windows: false if the operator switched the entry off in the system's settings. */
  readonly executableWillLaunchAtLogin?: boolean
  /** macOS */
  readonly status?: string
}

export interface LoginItemRequest {
  readonly platform: NodeJS.Platform
  /** The app is installed, not started from its sources. */
  readonly isPackaged: boolean
  readonly on: boolean
  /** The operator has just chosen it; else this is a start of ReMo, which respects what the system's settings say. */
  readonly chosen: boolean
  readonly execPath: string
  /** Folder of the app, for a start from its sources. */
  readonly appPath: string
  /** Flags that choose what ReMo shows. */
  readonly args: readonly string[]
}

/** The program that the system starts. macOS always starts the app itself, and takes no arguments. */
export function loginProgram({ isPackaged, execPath, appPath, args }: LoginItemRequest): {
  readonly path: string
  readonly args: string[]
} {
  return { path: execPath, args: [...(isPackaged ? [] : [appPath]), ...args].map(windowsArgument) }
}

/**
 * What to tell the system; `undefined`: nothing. An entry that the system's own settings switched off stays off, unless
 * it is chosen here.
 */
export function loginItemChange(
  { platform, isPackaged, on, chosen }: LoginItemRequest,
  before: SystemLoginItem,
): { readonly openAtLogin: boolean } | undefined {
  // macOS would start a bare Electron.
  if (platform === 'darwin' && !isPackaged) return undefined
  if (!on && !before.openAtLogin) return undefined
  // Electron would switch it on again.
  const isSwitchedOff = before.openAtLogin && before.executableWillLaunchAtLogin === false
  return on && isSwitchedOff && !chosen ? undefined : { openAtLogin: on }
}

/** Why the system does not start ReMo on login as the setting says, one sentence. */
export function loginItemProblem(
  { platform, isPackaged, on, args }: LoginItemRequest,
  { openAtLogin, executableWillLaunchAtLogin, status }: SystemLoginItem,
): string | undefined {
  if (!on) return undefined
  if (platform === 'darwin' && !isPackaged) return 'macOS starts only an installed ReMo on login.'
  if (status === 'requires-approval') return 'Allow ReMo in System Settings > General > Login Items.'
  if (!openAtLogin || executableWillLaunchAtLogin === false)
    return "The system's own settings switch this off: look for startup apps or login items there."
  if (platform === 'darwin' && args.length > 0)
    return 'On login, macOS starts ReMo without the flags of this start, so with the default data folder.'
  return undefined
}

/**
 * One argument of a command line of Windows, as programs take it apart again: between quotes, a backslash before a quote
 * and at the end is doubled (https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments).
 */
function windowsArgument(argument: string): string {
  if (argument !== '' && !/[\s"]/.test(argument)) return argument
  return `"${argument.replaceAll(/(\\*)"/g, String.raw`$1$1\"`).replace(/\\+$/, '$&$&')}"`
}
