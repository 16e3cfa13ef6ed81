import { homedir } from 'node:os'
import { app } from 'electron'
import type { Log } from '#shared/log.ts'
import type { Launch } from '../app/launch.ts'
import { autostartPath, setAutostart, startCommand } from './autostart-file.ts'
import type { SettingsService } from './settings-service.ts'
import { loginItemChange, loginItemProblem, loginProgram } from './system-login-item.ts'
import type { LoginItemRequest } from './system-login-item.ts'

export interface LoginItemDeps {
  readonly settings: SettingsService
  readonly launch: Launch
  readonly log: Log
}

/** Keeps the start on login as the settings say. */
export class LoginItem {
  readonly #deps: LoginItemDeps
  /** Why the system does not do what the setting says, one sentence. */
  problem: string | undefined

  constructor(deps: LoginItemDeps) {
    this.#deps = deps
    this.#apply(false)
    deps.settings.onChange((changed) => {
      if (changed.has('startup.onLogin')) this.#apply(true)
    })
  }

  /** `chosen`: the setting has just changed. Else ReMo starts: the program may have moved. */
  #apply(chosen: boolean): void {
    const { settings, log } = this.#deps
    const on = settings.values['startup.onLogin']
    this.problem = process.platform === 'linux' ? this.#applyLinux(on, chosen) : this.#applyElsewhere(on, chosen)
    if (this.problem !== undefined) log.warn('start on login', { problem: this.problem })
  }

  #applyLinux(on: boolean, chosen: boolean): string | undefined {
    const command = startCommand({
      appImage: process.env['APPIMAGE'],
      execPath: process.execPath,
      appPath: app.isPackaged ? undefined : app.getAppPath(),
      args: this.#args(),
    })
    return setAutostart({ path: autostartPath(process.env, homedir(), this.#dataDir()), on, command, chosen })
  }

  /** Windows and macOS, by Electron. */
  #applyElsewhere(on: boolean, chosen: boolean): string | undefined {
    const request: LoginItemRequest = {
      platform: process.platform,
      isPackaged: app.isPackaged,
      on,
      chosen,
      execPath: process.execPath,
      appPath: app.getAppPath(),
      args: this.#args(),
    }
    const program = loginProgram(request)
    const change = loginItemChange(request, app.getLoginItemSettings(program))
    if (change) app.setLoginItemSettings({ ...program, ...change })
    return loginItemProblem(request, app.getLoginItemSettings(program))
  }

  /** The flags of this start that choose what ReMo shows. A login has none of its variables. */
  #args(): readonly string[] {
    const { config, profile } = this.#deps.launch.flags
    const dataDir = this.#dataDir()
    return [
      ...(dataDir === undefined ? [] : ['--data-dir', dataDir]),
      ...(config === undefined ? [] : ['--config', config]),
      ...(profile === undefined ? [] : ['--profile', profile]),
      // Where Chromium's sandbox does not work, ReMo was started without it.
      ...(app.commandLine.hasSwitch('no-sandbox') ? ['--no-sandbox'] : []),
    ]
  }

  /** `undefined`: the default one. */
  #dataDir(): string | undefined {
    const { flags, variables, dataDir } = this.#deps.launch
    return flags.dataDir === undefined && variables.dataDir === undefined ? undefined : dataDir
  }
}
