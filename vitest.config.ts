import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

/** Files at once. The default leaves one core idle, which is half of a small machine. */
const maxWorkers = '100%'

/** How long a test waits for a condition. A loaded machine is slow, and who waits for longer waits for nothing. */
const patience = { poll: { timeout: 20_000 } }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          expect: patience,
          include: [
            '{src-shared,src-main,src-kafka,src-backend,producers,scripts}/**/*.test.ts',
            'tests/scenarios/**/*.test.ts',
          ],
          environment: 'node',
          pool: 'forks',
          maxWorkers,
          // Properties try thousands of cases; how long that takes is the machine's business.
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Controllers of the window run as in the window: effects included, which a server build of Svelte leaves out.
        plugins: [svelte()],
        resolve: { conditions: ['browser'] },
        test: {
          name: 'unit-window',
          expect: patience,
          include: ['src-renderer/**/*.test.ts'],
          environment: './tests/support/svelte-environment.ts',
          pool: 'forks',
          maxWorkers,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'backend',
          expect: patience,
          include: ['tests/backend/**/*.test.ts'],
          environment: 'node',
          pool: 'forks',
          maxWorkers,
          globalSetup: 'tests/support/postgres-setup.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // What earlier versions stored, opened by today's code.
        test: {
          name: 'compatibility',
          expect: patience,
          include: ['tests/compatibility/**/*.test.ts'],
          environment: 'node',
          pool: 'forks',
          globalSetup: 'tests/support/postgres-setup.ts',
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: 'integration',
          expect: patience,
          include: ['tests/{contract,integration}/**/*.test.ts'],
          environment: 'node',
          pool: 'forks',
          globalSetup: 'tests/support/postgres-setup.ts',
          // Each file runs its own broker; two at once are what two cores carry.
          maxWorkers: 2,
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: 'containers',
          expect: patience,
          include: ['tests/containers/**/*.test.ts'],
          environment: 'node',
          pool: 'forks',
          // One stack, one story: it comes up, is used, loses a replica and goes.
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'package',
          expect: patience,
          include: ['tests/package/**/*.test.ts'],
          environment: 'node',
          pool: 'forks',
          // One system: what one file installs, another one removes.
          maxWorkers: 1,
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'field',
          expect: patience,
          include: ['tests/field/**/*.test.ts'],
          environment: 'node',
          pool: 'forks',
          globalSetup: 'tests/support/postgres-setup.ts',
          // The programs measure this computer while the tests do.
          maxWorkers: 1,
          testTimeout: 180_000,
          hookTimeout: 90_000,
        },
      },
    ],
  },
})
