/** `npm start [-- console flags]`: builds the console, starts the stack, opens the window. */
import { runMain } from './bootstrap/console-output.mjs'
import { runConsole } from './console/run-console.ts'

await runMain(() => runConsole('start', process.argv.slice(2)))
