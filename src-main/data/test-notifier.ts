import { NotifyingConsole } from './notifying-console.ts'

/** A process that is killed at any moment: alerts fire and resolve, and what is queued is shown. A dot for each record. */
const [dir = ''] = process.argv.slice(2)
const console = new NotifyingConsole(dir)
for (;;) {
  console.read()
  console.show()
  process.stdout.write('.')
}
