/** `npm run dev [-- console flags]`: like `npm start`, with hot reload. */
import { runMain } from './bootstrap/console-output.mjs'
import { runConsole } from './console/run-console.ts'

await runMain(() => runConsole('dev', process.argv.slice(2)))
