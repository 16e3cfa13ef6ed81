/** Takes all pictures of the guide. Runs on the made-up computer: see `made-up-computer.ts`. */
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { TrayHost } from '../../tests/support/tray-host.ts'
import { runMain, printLine, secondsSince } from '../bootstrap/console-output.mjs'
import { listenForStop } from '../console/stop-request.ts'
import { startVirtualDesktop } from '../desktop/virtual-desktop.ts'
import { startKafka, type Kafka } from '../stack/servers/kafka-server.ts'
import { createFleetTopic, Fleet } from './fleet.ts'
import { madeUpHosts } from './made-up-computer.ts'
import { PictureConsole, screenSize } from './picture-console.ts'
import { alertScenes } from './scenes/alert-scenes.ts'
import { blindScene } from './scenes/blind-scene.ts'
import { firstStartScenes } from './scenes/first-start-scenes.ts'
import { historyScenes } from './scenes/history-scenes.ts'
import { pageScenes } from './scenes/page-scenes.ts'
import { streamScenes } from './scenes/stream-scenes.ts'
import { silenceScenes } from './scenes/silence-scenes.ts'
import { settingsScenes } from './scenes/settings-scenes.ts'
import { signIn, teamScenes } from './scenes/team-scenes.ts'
import { Team } from './team.ts'

/** Of the demo. A critical alert of it fires 140 s after its start: the first scenes show it pending, also if slow. */
const demoAgeMs = 85_000

// An exit kills the servers; a signal alone would leave them.
void listenForStop().requested.then((code) => process.exit(code))

await runMain(async () => {
  const [pictures = ''] = process.argv.slice(2)
  mkdirSync(pictures, { recursive: true })
  const dir = join(homedir(), '.cache', 'screenshots') // in memory, as the whole home folder
  const desktop = await startVirtualDesktop({ dir: join(dir, 'desktop'), ...screenSize })
  const tray = await new TrayHost(desktop.env['DBUS_SESSION_BUS_ADDRESS'] ?? '').start()
  await step('the first start', async () => {
    const console = await PictureConsole.start({ desktop, pictures })
    await firstStartScenes(console)
    await console.quit()
  })
  const { kafka, team } = await startServers(dir)
  const fleet = await Fleet.start(kafka.bootstrap, Date.now() - demoAgeMs)
  const settings = settingsOf(team.url)
  const console = await PictureConsole.start({ desktop, pictures, settings, authority: team.authority })
  await step('the alerts', async () => {
    await console.untilCaughtUp()
    await signIn(console)
    await alertScenes(console, team)
  })
  await step('the silences', () => silenceScenes(console))
  await step('the history', () => historyScenes(console))
  await step('the pages', () => pageScenes(console, fleet))
  await step('the team', () => teamScenes(console))
  await step('the settings', () => settingsScenes(console))
  await step('the stream', () => streamScenes(console, fleet))
  await fleet.stop()
  await step('the blind window', () => blindScene(console, kafka))
  await console.quit()
  await team.stop()
  tray.stop()
  await desktop.stop()
  return 0
})

async function startServers(dir: string): Promise<{ kafka: Kafka; team: Team }> {
  const folder = { dir: join(dir, 'kafka'), port: 9092, controllerPort: 9093 }
  const properties = { 'advertised.listeners': `PLAINTEXT://${madeUpHosts.kafka}:9092` }
  const kafka = await startKafka({ ...folder, properties })
  await createFleetTopic(kafka.bootstrap)
  return { kafka, team: await Team.start(dir, kafka.bootstrap) }
}

/** Two connections, as an operator has them. */
function settingsOf(backendUrl: string): object {
  const production = { id: 'production', name: 'Production', label: 'PROD', color: 'red' }
  const staging = { id: 'staging', name: 'Staging', label: 'STAGE', color: 'blue' }
  return {
    version: 1,
    connections: [
      { ...production, brokers: [`${madeUpHosts.kafka}:9092`], backendUrl },
      { ...staging, brokers: [`${madeUpHosts.staging}:9092`] },
    ],
    inUse: production.id,
  }
}

async function step(what: string, run: () => Promise<void>): Promise<void> {
  const begin = Date.now()
  await run()
  printLine(`pictures of ${what} (${secondsSince(begin)})`)
}
