import { writeFile } from 'node:fs/promises'
import type { IpcHandlers } from '#shared/ipc/contract.ts'
import { settingKeys } from '#shared/settings/app-settings.ts'
import { CallError } from '../../threads/call-error.ts'
import { aboutReport } from '../diagnostics/about-report.ts'
import { diagnosticsBundle } from '../diagnostics/diagnostics-bundle.ts'
import { lastLogs } from '../diagnostics/last-logs.ts'
import { connectionFacts, environmentFacts, secretValues } from '../diagnostics/settings-facts.ts'
import { cacheUsage } from './cache-handlers.ts'
import type { IpcDeps } from './ipc-deps.ts'

type AboutDeps = Pick<IpcDeps, 'data' | 'read' | 'health' | 'folders' | 'settings' | 'about' | 'now'>
type AboutCalls = Pick<IpcHandlers, 'app.about' | 'app.licenseText' | 'app.openFolder' | 'app.saveDiagnostics'>

/** Calls of the page About, and the diagnostics bundle. */
export function aboutHandlers(deps: AboutDeps): AboutCalls {
  const { about, folders, settings } = deps
  return {
    'app.about': async () => ({
      ...about.facts(),
      licenses: await about.licenses.list(),
      report: reportOf(deps),
    }),
    'app.licenseText': async (library) => {
      const found = await about.licenses.textOf(library).catch((cause: unknown) => {
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new CallError('failed', `ReMo cannot read this license: ${reason}.`, { cause })
      })
      if (!found) throw new CallError('not-found', `${library.name} ${library.version} is not in this ReMo.`)
      return found
    },
    'app.openFolder': async ({ folder }) => {
      const path = folders()[folder]
      const problem = await settings.openPath(path)
      if (problem !== '') throw new CallError('failed', `The system could not open ${path}: ${problem}`)
      return {}
    },
    'app.saveDiagnostics': async () => {
      const stamp = new Date(deps.now()).toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '')
      const path = await about.chooseZip(`remo-diagnostics-${stamp}.zip`)
      if (path === undefined) return { saved: false }
      const bundle = await bundleOf(deps)
      try {
        await writeFile(path, bundle, { mode: 0o600 })
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new CallError('failed', `ReMo cannot write ${path} (${reason}). Choose another folder.`, { cause })
      }
      return { saved: true, path }
    },
  }
}

function reportOf({ about, health, now }: AboutDeps): string {
  return aboutReport({
    about: about.facts(),
    health: health.report,
    connection: about.connection(),
    home: about.home,
    at: new Date(now()).toISOString(),
  })
}

async function bundleOf(deps: AboutDeps): Promise<Uint8Array> {
  const { about, data, health, folders } = deps
  const parts = {
    settings: () => settingsFacts(deps),
    environment: () => environmentFacts(about.env),
    health: () => health.report,
    counters: () => data.call('counters.get', {}),
    cache: () => cacheUsage(deps),
    licenses: () => about.licenses.list(),
  }
  return diagnosticsBundle({
    parts,
    about: `${reportOf(deps)}\n`,
    logs: await lastLogs(folders().logs),
    secrets: [...about.secrets(), ...secretValues(about.env)],
  })
}

/** Of values that cannot be used only their place: a password may have been typed at a wrong one. */
function settingsFacts({ settings: { settings } }: AboutDeps) {
  const { file, path } = settings.store
  return {
    file: path,
    settings: settingKeys.map((key) => ({ key, value: settings.values[key], source: settings.sources[key] })),
    problems: file.problems.map(({ path: place }) => place),
    connections: file.connections.map(connectionFacts),
    inUse: file.inUse,
  }
}
