/** `npm start [-- flags of the console]`: builds the console, brings up the stack, shows the window. */
import { runMain } from './bootstrap/console-output.mjs'
import { runConsole } from './console/run-console.ts'

await runMain(() => runConsole('start', process.argv.slice(2)))
