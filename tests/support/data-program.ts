/** The console's data thread in a process of its own: `node data-program.ts <data folder> <bootstrap> <topic pattern>`. */
import { DataThread } from '../integration/engine-thread.ts'
import type { Question } from './data-process.ts'

const [, , dataDir = '', bootstrap = '', topicPattern = ''] = process.argv
const thread = new DataThread({ dataDir, bootstrap, topicPattern })

process.on('message', ({ id, call, request }: Question) => {
  void answer(call, request).then((result) => process.send?.({ id, result }))
})
process.on('disconnect', () => process.exit(1))

async function answer(call: Question['call'], request: object): Promise<unknown> {
  switch (call) {
    case 'usage':
      return { rssBytes: process.memoryUsage.rss(), cpu: process.cpuUsage() }
    case 'stop':
      return thread.stop()
    default:
      // A thread that restarts answers nothing yet.
      return thread.supervisor.call(call, request as never).catch(() => undefined)
  }
}
