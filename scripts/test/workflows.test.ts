import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { scripts } from '../../package.json'
import { runsOn, testStages } from '../bootstrap/needs.mjs'

const root = join(import.meta.dirname, '..', '..')
const folder = join(root, '.github', 'workflows')

const Step = z.object({ uses: z.string().optional(), run: z.string().optional() })
const Workflow = z.object({
  permissions: z.record(z.string(), z.string()),
  concurrency: z.object({ group: z.string() }),
  jobs: z.record(z.string(), z.object({ 'timeout-minutes': z.number(), steps: z.array(Step) })),
})

/** Stages that the commands of a workflow name; all stages for `npm test` alone. */
function stagesIn(commands: readonly string[]): readonly string[] {
  const calls = commands.flatMap((command) => [...command.matchAll(/\bnpm test\b([ \w]*)/g)])
  return calls.flatMap(([, words = '']) => {
    const named = words.split(' ').filter((word) => word !== '')
    return named.length === 0 ? Object.keys(testStages) : named
  })
}

describe.each(readdirSync(folder))('the workflow %s', (name) => {
  const text = readFileSync(join(folder, name), 'utf8')
  const { permissions, concurrency, jobs } = Workflow.parse(parse(text))
  const steps = Object.values(jobs).flatMap((job) => job.steps)
  const commands = steps.flatMap(({ run }) => run ?? [])

  test('calls commands and stages that exist', () => {
    const called = commands.flatMap((command) =>
      [...command.matchAll(/\bnpm run ([\w:]+)/g)].map(([, script]) => script),
    )
    expect(called.length).toBeGreaterThan(0)
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(called))
    expect(Object.keys(testStages)).toEqual(expect.arrayContaining([...stagesIn(commands)]))
  })

  test('runs every stage that its systems can run', () => {
    const platform = name === 'linux.yml' ? 'linux' : 'win32'
    const possible = Object.keys(testStages).filter((stage) => runsOn(stage, platform))
    expect([...stagesIn(commands)].sort()).toEqual(possible.sort())
  })

  test('may only read, ends in time, and stands aside for a newer run', () => {
    expect(permissions).toEqual({ contents: 'read' })
    expect(concurrency.group).toContain('github.ref')
    expect(Object.values(jobs).every((job) => job['timeout-minutes'] <= 90)).toBe(true)
    expect(text).not.toMatch(/pull_request_target|\$\{\{ *secrets/)
  })

  test('uses each action at a commit, not at a tag that can move', () => {
    const actions = [...text.matchAll(/uses: (.*)$/gm)].map(([, action]) => action)
    expect(actions.filter((action = '') => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([])
  })

  test('takes its caches by the lockfile', () => {
    expect(
      [...text.matchAll(/^\s+key: (.*)$/gm)].every(([, key]) => key?.includes("hashFiles('package-lock.json'")),
    ).toBe(true)
  })
})
