import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { app } from 'electron'
import { helpText } from '#shared/settings/help-text.ts'
import { version } from '../../package.json'
import { hasDisplay, runWithoutDisplay } from './app/display.ts'
import { readLaunchArguments } from './app/launch-arguments.ts'
import { readLaunch } from './app/launch.ts'
import { runApp } from './app/run-app.ts'
import { runCheck } from './app/run-check.ts'
import { runRules } from './rules-command/run-rules.ts'
import { defaultDataDir } from './app/state-file.ts'

const noDisplay = 'There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set. Start ReMo in a desktop session.'
const isOnDisplay = hasDisplay(process)

// Electron removes NODE_EXTRA_CA_CERTS from the environment of a packaged app whose fuses forbid options of Node. What
// reads authorities, here and in the threads, looks for this name.
const authorities = process.env['REMO_EXTRA_CA_CERTS']
if (authorities) process.env['NODE_EXTRA_CA_CERTS'] = authorities

const launchArguments = readLaunchArguments(process.argv, !app.isPackaged)
const [command, ...commandArguments] = launchArguments.args

const result = readLaunch({
  ...launchArguments,
  args: command === 'rules' ? [] : launchArguments.args,
  env: process.env,
  readText: (path) => readFileSync(path, 'utf8'),
  defaultDataDir: defaultDataDir(process.platform, process.env, homedir()),
})

if (command === 'rules') {
  if (isOnDisplay) void runRules(commandArguments)
  else app.exit(runWithoutDisplay(process))
} else if (result.kind === 'problem') {
  for (const problem of result.check ?? []) process.stdout.write(`invalid: ${problem}\n`)
  if (!result.check) process.stderr.write(`ReMo: ${result.problem}\n`)
  app.exit(2)
} else if (result.kind === 'show') {
  process.stdout.write(result.show === 'version' ? `ReMo ${version}\n` : helpText)
  app.exit(0)
} else if (result.launch.flags.checkConfig) {
  if (isOnDisplay) void runCheck(result.launch)
  else app.exit(runWithoutDisplay(process))
} else if (!isOnDisplay) {
  process.stderr.write(`ReMo: ${noDisplay}\n`)
  app.exit(2)
} else {
  void runApp(result.launch)
}
