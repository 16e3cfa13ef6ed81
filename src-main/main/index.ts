import { readFileSync } from 'node:fs'
import { app } from 'electron'
import { helpText } from '#shared/settings/help-text.ts'
import { readConsoleSettings } from '#shared/settings/console-settings.ts'
import { version } from '../../package.json'
import { readLaunchArguments } from './app/launch-arguments.ts'
import { runApp } from './app/run-app.ts'

const { args, link } = readLaunchArguments(process.argv, !app.isPackaged)
const parsed = readConsoleSettings({ argv: args, env: process.env, readText: (path) => readFileSync(path, 'utf8') })

if (!parsed.ok) {
  process.stderr.write(`ReMo: ${parsed.problem}\n`)
  app.exit(2)
} else if ('show' in parsed) {
  process.stdout.write(parsed.show === 'version' ? `ReMo ${version}\n` : helpText)
  app.exit(0)
} else {
  void runApp(parsed.settings, link)
}
