/** `npm start [-- flags of the console]`: builds the console, brings up the stack, shows the window. */
import { runMain } from './bootstrap/say.mjs'
import { runConsole } from './console/session.ts'

await runMain(() => runConsole('start', process.argv.slice(2)))
