import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where distributions have the settings that dunst uses without any of its user. */
const systemSettings = ['/etc/xdg/dunst/dunstrc', '/etc/dunst/dunstrc']

/** The file that names the button to press: see `prepareDunst`. */
export function chosenButton(dir: string): string {
  return join(dir, 'chosen-button')
}

/**
 * Settings of dunst as the distribution has them, with a menu of its own. dunst offers the buttons of a popup in a menu
 * (`dunstctl context`); this one chooses the button whose label is in the file `chosenButton`.
 * @returns the path of the settings
 */
export function prepareDunst(dir: string): string {
  const [menu, settings] = [join(dir, 'dunst-menu'), join(dir, 'dunstrc')]
  writeFileSync(menu, `#!/bin/sh\ngrep -F -m 1 -- "#$(cat '${chosenButton(dir)}') ("\n`)
  chmodSync(menu, 0o755)
  const system = systemSettings.find((path) => existsSync(path))
  const text = system === undefined ? '[global]\n    dmenu = x\n' : readFileSync(system, 'utf8')
  writeFileSync(settings, text.replace(/^( *dmenu =).*$/m, `$1 ${menu}`))
  return settings
}
