import type { Environment } from 'vitest/runtime'

/**
 * Environment for tests of reactive modules: plain Node, but compiled for the window. vite-plugin-svelte would compile
 * for the server, which does not run effects. vitest requires the default export.
 */
const environment: Environment = {
  name: 'svelte-client',
  viteEnvironment: 'client',
  setup: () => ({ teardown: () => undefined }),
}
export default environment
