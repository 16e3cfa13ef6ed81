/** `npm run release [-- --dry-run]`: checks, packages, checksums, bill of materials, licenses, update manifests, tag. */
import type { KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { printLine, runMain, UserError } from './bootstrap/console-output.mjs'
import { runInForeground } from './bootstrap/run-command.mjs'
import { runtimeVersions } from './release/app-contents.ts'
import { releaseArguments } from './release/arguments.ts'
import { createTag, type GitFacts, gitFacts } from './release/git-facts.ts'
import { parseLockfile } from './release/lockfile.ts'
import { makeFiles } from './release/make-files.ts'
import { type CheckResult, checkRelease } from './release/release-checks.ts'
import { releaseSeconds } from './release/release-time.ts'
import { feedKeyOf } from './release/update-manifest.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

await runMain(async () => {
  const options = releaseArguments(process.argv.slice(2))
  const feedKey = options.feedKey === undefined ? undefined : readFeedKey(options.feedKey)
  const git = gitFacts(root)
  const runtime = runtimeVersions(process.env.ELECTRON_EXEC_PATH)
  const { version, devDependencies } = readPackageJson()
  const checks = checkRelease({
    version,
    lockVersion: parseLockfile(readFileSync(join(root, 'package-lock.json'), 'utf8')).version,
    changedFiles: git.changedFiles,
    tags: git.tags,
    changelog: readFileSync(join(root, 'CHANGELOG.md'), 'utf8'),
    electron: { wanted: devDependencies.electron, used: runtime.electron },
  })
  const notes = printChecks(checks, options.isDryRun)
  const atSeconds = releaseSeconds(git.commitSeconds, process.env.SOURCE_DATE_EPOCH)
  if (options.reusesPackages) printLine('packages: those in dist/')
  else await buildPackages(atSeconds)
  const files = await makeFiles({ root, dist, version, commit: git.commit, atSeconds, notes, runtime, feedKey })
  if (options.isDryRun) printLine(`dry run of ${version}: dist/ has ${files.length} files; no tag was created`)
  else tagRelease({ version, notes, git, files, isSigned: feedKey !== undefined })
})

/** Prints the result of all checks. @returns the notes of the release. @throws UserError if it must not go on */
function printChecks({ passed, notReady, problems, section }: CheckResult, isDryRun: boolean): string {
  for (const line of passed) printLine(line)
  for (const line of notReady) printLine(`${isDryRun ? 'note' : 'error'}: ${line}`)
  for (const line of problems) printLine(`error: ${line}`)
  if (problems.length > 0 || section === undefined) throw new UserError('This version cannot be released.')
  if (notReady.length > 0 && !isDryRun)
    throw new UserError('This commit cannot be released yet. -- --dry-run makes the files without a tag.')
  printLine(`release notes of ${section.notes.split('\n').length} lines`)
  return section.notes
}

/** The packages of this platform, with the times of the release in them. */
async function buildPackages(atSeconds: number): Promise<void> {
  printLine('packages: npm run package')
  const script = join(root, 'scripts', 'bootstrap.mjs')
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(atSeconds) }
  const code = await runInForeground(process.execPath, [script, 'package'], env)
  if (code !== 0) throw new UserError(`npm run package failed with exit code ${code}.`)
}

interface FinishedRelease {
  readonly version: string
  readonly notes: string
  readonly git: GitFacts
  readonly files: readonly string[]
  readonly isSigned: boolean
}

/** Nothing leaves this computer: what is public is a decision of a person. */
function tagRelease({ version, notes, git, files, isSigned }: FinishedRelease): void {
  const tag = `v${version}`
  createTag(root, tag, `ReMo ${version}\n\n${notes}\n`)
  printLine(`tag ${tag} at ${git.commit.slice(0, 12)}`)
  const steps = [
    `git push origin ${tag}`,
    ...(isSigned ? [] : ['Sign the update manifest: consoles refuse a feed without a signature (docs/release.md).']),
    'Run the same commit on the other systems, and collect their dist/ (docs/release.md).',
    `Upload to the page of the release: ${files.filter((name) => !name.startsWith('latest')).join(', ')}`,
    'Upload packages and latest*.yml with .sig to the update feed: packages first, manifests last.',
  ]
  printLine('next, by a person:')
  for (const [index, step] of steps.entries()) printLine(`  ${index + 1}. ${step}`)
}

function readFeedKey(path: string): KeyObject {
  let pem: string
  try {
    pem = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new UserError(`The key of the feed cannot be read: ${cause instanceof Error ? cause.message : path}.`, {
      cause,
    })
  }
  return feedKeyOf(pem, process.env.REMO_FEED_KEY_PASSPHRASE)
}

function readPackageJson(): { readonly version: string; readonly devDependencies: { readonly electron: string } } {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as ReturnType<typeof readPackageJson>
}
