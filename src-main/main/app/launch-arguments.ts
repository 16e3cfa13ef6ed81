/** What a start was asked for: ReMo's own arguments, and the link that the operating system handed over, if any. */
export interface LaunchArguments {
  readonly args: readonly string[]
  readonly link: string | undefined
}

/**
 * Switches of Chromium, Electron, Node and the desktop that stand in the same argument list as ours and are obeyed
 * before our code runs. A prefix ending in `-` or `=` stands for all that begin so.
 */
const foreign = [
  '--allow-', '--app-', '--autoplay-policy=', '--class=', '--crash', '--disable-', '--enable-', '--force-', '--gapplication-',
  '--gpu-', '--gtk-version=', '--high-dpi-support=', '--host-', '--ignore-', '--in-process-gpu', '--inspect', '--js-flags=',
  '--lang=', '--log-file=', '--max-old-space-size=', '--no-first-run', '--no-sandbox', '--no-zygote', '--original-process-',
  '--ozone-', '--password-store=', '--proxy-', '--remote-debugging-', '--squirrel-', '--touch-', '--trace-', '--use-',
  '--user-data-dir=', '--v=', '--vmodule=', '-psn_',
] // prettier-ignore

/** Switches of Node whose value is an argument of its own. */
const foreignWithValue = new Set(['-r', '--require'])

/**
 * Sorts out `process.argv`. Where Electron runs an unpackaged app (`hasAppPath`), the first plain argument is the
 * path of the app.
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
