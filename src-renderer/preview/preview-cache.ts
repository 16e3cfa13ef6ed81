import { aCacheUsage, aLicenseText, anAbout } from '../bridge/cache-builders.ts'
import { okReply, type FakeBridge } from '../bridge/fake-bridge.ts'

/** As long as Chromium's list. */
function manyLicenses() {
  const [license = { title: '', text: '' }] = aLicenseText().texts
  const names = [
    'ffmpeg',
    'Node.js, V8 JavaScript Engine',
    ...Array.from({ length: 260 }, (_, i) => `project-${i + 1}`),
  ]
  return { texts: names.map((title) => ({ title, text: license.text.repeat(8) })) }
}

/** The cache of the simulated console. It can be compacted and deleted. */
export function cacheReplies(isEmpty: boolean): FakeBridge['replies'] {
  const nothing = { samples: 4096, journal: 0, history: 0, values: 0, alerts: 0, nodes: 0, series: 0 }
  const empty = { ...nothing, total: 90_000, days: [], largest: [], oldest: null, fullAt: null, firstToGo: null }
  let deleted = isEmpty
  let compactedAt: number | undefined
  const usage = () =>
    aCacheUsage({
      now: Date.now(),
      ...(deleted ? empty : {}),
      ...(compactedAt === undefined ? {} : { free: 0, wal: 0, total: 1416e6, compactedAt }),
    })
  return {
    'cache.usage': () => okReply(usage()),
    'cache.compact': async () => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      compactedAt = Date.now()
      return okReply({ before: 1477e6, after: 1416e6 })
    },
    'cache.delete': () => {
      deleted = true
      return okReply({})
    },
    'app.about': () => okReply(anAbout()),
    'app.licenseText': ({ name }) => okReply(name === 'Chromium' ? manyLicenses() : aLicenseText()),
    'app.openFolder': () => okReply({}),
    'app.saveDiagnostics': () => okReply({ saved: true, path: '/home/anna/remo-diagnostics-20261124T120000Z.zip' }),
  }
}
