import { afterEach, describe, expect, test } from 'vitest'
import { BackendRun } from '../scenarios/backend-run.ts'
import { readScenarios } from '../scenarios/scenario-file.ts'
import { withoutSilences, withoutUnfired } from '../scenarios/timeline-lines.ts'
import { type TestDatabase, testDatabase } from '../support/test-database.ts'

let database: TestDatabase
afterEach(() => database.end())

describe.each(readScenarios())('$file', (scenario) => {
  test(`the backend: ${scenario.title}`, async () => {
    database = await testDatabase()
    const run = new BackendRun(database.pool)
    await run.run(scenario)
    expect(await run.lines()).toEqual(withoutSilences(withoutUnfired(scenario.timeline)))
  })
})
