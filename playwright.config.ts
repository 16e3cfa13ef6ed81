import { defineConfig } from '@playwright/test'

/**
 * The local time is about noon in all tests that show one: a time of today has no day beside it. What happens around
 * midnight is tested by functions that take the time zone as an argument.
 */
process.env.TZ = zoneAtNoon(new Date().getUTCHours())

/**
 * Each worker has a display and a session bus of its own, as one desktop does. The tests of the whole console have one
 * worker: with two, Playwright now and then waits for ever for an app that has started.
 */
export default defineConfig({
  projects: ['window', 'e2e'].map((name) => ({
    name,
    testDir: `tests/${name}`,
    outputDir: `test-results/${name}`,
    workers: name === 'window' ? 2 : 1,
  })),
  workers: 2,
  retries: 0,
  fullyParallel: false,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  use: { actionTimeout: 15_000 },
  reporter: [
    ['list'],
    ['json', { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ?? 'test-results/playwright.json' }],
  ],
})

/** `Etc/GMT+5` is five hours behind UTC. */
function zoneAtNoon(utcHours: number): string {
  const behind = utcHours - 12
  return behind < 0 ? `Etc/GMT${behind}` : `Etc/GMT+${behind}`
}
