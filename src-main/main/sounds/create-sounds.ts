import { join } from 'node:path'
import { shell } from 'electron'
import type { Lifetime } from '#shared/lifetime.ts'
import type { Log } from '#shared/log.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import { readOwnSound } from './own-sound.ts'
import { openPlayerPage, servePlayer } from './player-page.ts'
import { SoundFiles } from './sound-files.ts'
import { SoundPlayer } from './sound-player.ts'
import { Sounds } from './sounds.ts'

interface CreateSoundsDeps {
  readonly settings: SettingsService
  readonly log: Log
  readonly life: Lifetime
}

/** @param built folder of the build */
export function createSounds({ settings, log, life }: CreateSoundsDeps, built: string): Sounds {
  const own = log.child({ part: 'sounds' })
  const files = new SoundFiles(join(built, 'main', 'sounds'))
  life.own('files of sounds', servePlayer(files), (stop) => stop())
  const preload = join(built, 'preload', 'player.cjs')
  const sounds = new Sounds({
    player: new SoundPlayer({ openPage: (listeners) => openPlayerPage(preload, listeners), log: own }),
    settings,
    readOwn: (path) => readOwnSound(path),
    serveOwn: (bytes) => files.serveOwn(bytes),
    urlOf: (kind) => files.urlOf(kind),
    beep: () => shell.beep(),
    log: own,
  })
  life.own('sounds', sounds, () => sounds.end())
  settings.onChange((changed) => {
    if (changed.has('sound.file')) void sounds.checkOwn()
  })
  return sounds
}
