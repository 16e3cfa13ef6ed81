/** `node scripts/rules.ts check|diff|apply FILE`: `remo rules` without the app, for CI. */
import { readFileSync } from 'node:fs'
import { runRulesCommand } from '../src-main/main/rules-command/rules-command.ts'

process.exitCode = await runRulesCommand({
  args: process.argv.slice(2),
  env: process.env,
  readText: (path) => readFileSync(path, 'utf8'),
  fetch,
  write: (line) => process.stdout.write(`${line}\n`),
  warn: (line) => process.stderr.write(`${line}\n`),
})
