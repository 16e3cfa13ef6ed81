/** ReMo's own arguments, and the link that the operating system passed, if any. */
export interface LaunchArguments {
  readonly args: readonly string[]
  readonly link: string | undefined
}

/**
 * Switches of Chromium, Electron, Node and the desktop. They are in the same argument list and take effect before this
 * code runs. A prefix that ends in `-` or `=` matches every switch that begins with it. On Windows the installer starts
 * the app with `--updated` after an update, and the system with `-Embedding` after a click on a notification.
 */
const foreign = [
  '--allow-', '--app-', '--autoplay-policy=', '--class=', '--crash', '--disable-', '--enable-', '--force-', '--gapplication-',
  '--gpu-', '--gtk-version=', '--high-dpi-support=', '--host-', '--ignore-', '--in-process-gpu', '--inspect', '--js-flags=',
  '--lang=', '--log-file=', '--max-old-space-size=', '--no-first-run', '--no-sandbox', '--no-zygote', '--original-process-',
  '--ozone-', '--password-store=', '--proxy-', '--remote-debugging-', '--squirrel-', '--touch-', '--trace-', '--use-',
  '--updated', '--user-data-dir=', '--v=', '--vmodule=', '-Embedding', '-psn_',
] // prettier-ignore

/** Switches of Node with the value in the next argument. */
const foreignWithValue = new Set(['-r', '--require'])

/**
 * Separates ReMo's arguments in `process.argv` from foreign switches and the link.
 * @param hasAppPath Electron runs an unpackaged app: the first plain argument is the app's path
 */
export function readLaunchArguments(argv: readonly string[], hasAppPath: boolean): LaunchArguments {
  const args: string[] = []
  let link: string | undefined
  let awaitsPath = hasAppPath
  for (let index = 1; index < argv.length; index++) {
    const argument = argv[index] ?? ''
    if (foreignWithValue.has(argument)) index++
    else if (foreign.some((prefix) => argument.startsWith(prefix))) continue
    else if (awaitsPath && !argument.startsWith('-')) awaitsPath = false
    else if (argument.startsWith('remo:')) link = argument
    else args.push(argument)
  }
  return { args, link }
}
