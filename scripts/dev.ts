/** `npm run dev [-- flags of the console]`: as `npm start`, with hot reload. */
import { runMain } from './bootstrap/say.mjs'
import { runConsole } from './console/session.ts'

await runMain(() => runConsole('dev', process.argv.slice(2)))
