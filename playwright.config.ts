import { defineConfig } from '@playwright/test'

/** One worker: the tests share a display, a session bus and a broker, as one desktop does. */
export default defineConfig({
  projects: ['window', 'e2e'].map((name) => ({ name, testDir: `tests/${name}`, outputDir: `test-results/${name}` })),
  workers: 1,
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
