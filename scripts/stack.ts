/** `npm run stack -- up|down|status|logs|reset`: the server side without the console. */
import type { stackVerbs } from './bootstrap/help.mjs'
import { runMain, printLine, UserError } from './bootstrap/console-output.mjs'
import { demoAccount } from './stack/demo.ts'
import { releaseStack } from './stack/stack-owner.ts'
import { openStack } from './stack/open-stack.ts'
import type { Stack } from './stack/stack-types.ts'

const verbs: Record<keyof typeof stackVerbs, (stack: Stack) => Promise<number>> = {
  async up(stack) {
    printLine(`starting the stack (${stack.kind})`)
    await stack.up()
    releaseStack() // it runs until `down`
    printLine(`Kafka is at ${stack.bootstrap}; stop it with npm run stack -- down`)
    printLine(
      `backend is at ${stack.backend}: sign in with username ${demoAccount.username}, password ${demoAccount.password}`,
    )
    return 0
  },
  async down(stack) {
    await stack.down()
    releaseStack()
    printLine('stack stopped; its data is kept')
    return 0
  },
  async status(stack) {
    const services = await stack.status()
    for (const { name, state } of services) console.log(`${name.padEnd(20)} ${state}`)
    if (services.length === 0) console.log('nothing is running')
    return services.length > 0 && services.every(({ running }) => running) ? 0 : 1
  },
  logs: (stack) => stack.followLogs(),
  async reset(stack) {
    await stack.reset()
    releaseStack()
    printLine('stack stopped and its data deleted')
    return 0
  },
}

await runMain(async () => {
  const [verb = '', ...rest] = process.argv.slice(2)
  if (!isVerb(verb) || rest.length > 0) throw new UserError(`Usage: npm run stack -- ${Object.keys(verbs).join('|')}`)
  return verbs[verb](openStack())
})

function isVerb(word: string): word is keyof typeof verbs {
  return Object.hasOwn(verbs, word)
}
