import { NotifyingConsole } from './notifying-console.ts'

/** A process that is killed at any moment: alerts fire and resolve, and what is queued is shown. */
const [dir = ''] = process.argv.slice(2)
const console = new NotifyingConsole(dir)
process.stdout.write('open\n')
for (;;) {
  console.read()
  console.show()
}
