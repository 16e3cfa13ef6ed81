// Who may import what. The map is in docs/ARCHITECTURE.md; an exception here is a file in the wrong folder.
const deny = (name, path, to) => ({ name, severity: 'error', from: { path, pathNot: '\\.test\\.ts$' }, to })
const only = (pkg, where) => ({
  name: `${pkg}-stays-home`,
  severity: 'error',
  from: { path: '^(src-|producers)', pathNot: `${where}|\\.test\\.ts$` },
  to: { path: `^node_modules/(@types/)?${pkg}/` },
})

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-lost-imports',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\?(asset|modulePath)$' },
    },
    deny('shared-is-pure', '^src-shared/', { pathNot: '^(src-shared|node_modules/(zod|@noble/hashes))/' }),
    deny('metric-knows-nothing-above', '^src-shared/metric/', {
      path: '^src-shared/(rule|alert|codec|health|ipc|rest|settings)/',
    }),
    deny('rule-knows-no-alert', '^src-shared/rule/', { path: '^src-shared/(alert|codec|health|ipc|rest|settings)/' }),
    // What is evaluated knows nothing of how it travels or is stored.
    deny('alert-knows-no-codec', '^src-shared/alert/', { path: '^src-shared/(codec|ipc|rest|settings)/' }),
    deny('codec-knows-no-caller', '^src-shared/codec/', { path: '^src-shared/(health|ipc|rest|session|settings)/' }),
    deny('preload-sees-names-only', '^src-main/preload/', {
      pathNot: '^(src-main/preload/|src-shared/ipc/channels|node_modules/electron/)',
      dependencyTypesNot: ['type-only'],
    }),
    // `start.ts?modulePath` is the address of a worker's file, not its code.
    deny('main-thread-never-waits-for-disk', '^src-main/main/', {
      path: '^src-main/(store|data|read)/',
      pathNot: '^src-main/(data|read)/start\\.ts$',
      dependencyTypesNot: ['type-only'],
    }),
    deny('store-knows-no-thread', '^src-main/store/', { path: '^src-main/(main|data|read)/' }),
    deny('renderer-is-a-browser', '^src-renderer/', { path: '^src-(main|backend|kafka)/' }),
    deny('kafka-knows-shared-only', '^src-kafka/', { path: '^src-(main|renderer|backend)/' }),
    deny('backend-knows-no-console', '^src-backend/', { path: '^src-(main|renderer)/' }),
    deny('renderer-has-no-node', '^src-renderer/', { dependencyTypes: ['core'] }),
    deny('features-do-not-join', '^src-renderer/features/([^/]+)/', {
      path: '^src-renderer/features/',
      pathNot: '^src-renderer/features/$1/',
    }),
    deny('producers-know-shared-only', '^producers/', { path: '^src-(main|renderer|backend|kafka)/' }),
    only('electron', '^src-main/(main|preload)/'),
    only('better-sqlite3', '^src-main/store/'),
    only('kafkajs', '^(src-kafka|producers)/'),
    only('pg', '^src-backend/'),
    only('keytar', '^src-main/main/secrets/'),
    only('express', '^(src-main/main|src-backend)/'),
    only('echarts', '^src-renderer/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'node', 'default', 'types'],
    },
  },
}
