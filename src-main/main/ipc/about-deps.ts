import type { AboutFacts, ReportFacts } from '../diagnostics/about-report.ts'
import type { AppLicenses } from '../diagnostics/licenses.ts'

/** Facts about this app that only its main thread knows, and what a bundle needs of the system. */
export interface AboutCallDeps {
  readonly facts: () => AboutFacts
  readonly licenses: Pick<AppLicenses, 'list' | 'textOf'>
  readonly connection: () => ReportFacts['connection']
  readonly env: NodeJS.ProcessEnv
  /** Home folder of the user. */
  readonly home: string
  /** Secrets of the connection in use. */
  readonly secrets: () => readonly string[]
  /** Asks the operator for a file; `undefined` if they canceled. */
  readonly chooseZip: (name: string) => Promise<string | undefined>
}
