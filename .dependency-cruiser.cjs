// Who may import what. The map is in docs/ARCHITECTURE.md; an exception here is a file in the wrong folder.
const deny = (name, path, to) => ({ name, severity: 'error', from: { path, pathNot: '\\.test\\.ts$' }, to })
const only = (pkg, where) => ({
  name: `${pkg}-stays-home`,
  severity: 'error',
  from: { path: '^(src-|producers)', pathNot: `${where}|\\.test\\.ts$` },
  to: { path: `^node_modules/(@types/)?${pkg}/` },
})

/** Folders of src-shared that are not named: whatever is new is above. */
const sharedAbove = (...below) => `^src-shared/(?!(${below.join('|')})/)[^/]+/`

/** Folders from the lowest to the highest: none imports a higher one, nor those that `beside` adds for it. */
const aboveEachOther = (root, folders, beside) =>
  folders.slice(0, -1).map((folder, index) => {
    const forbidden = [...folders.slice(index + 1), ...(beside[folder] ?? [])]
    return deny(`${root}-${folder}-knows-nothing-above`, `^${root}/${folder}/(?!${sparkline})`, {
      path: `^${root}/(${forbidden.join('|')})/`,
    })
  })

/** The one violation that is left: it draws a ring of live/, and goes there. */
const sparkline = '(S|s)parkline[.](svelte|ts)$'

/** Where the SQL of a resource is. */
const repo = '^src-backend/.*[/-]repo\\.ts$'

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-lost-imports',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\?(asset|modulePath)$' },
    },
    deny('shared-is-pure', '^src-shared/', {
      pathNot: '^(src-shared|node_modules/(zod|@noble/hashes|re2js|temporal-polyfill|yaml))/',
    }),
    deny('format-knows-nothing', '^src-shared/format/', { path: '^src-shared/', pathNot: '^src-shared/format/' }),
    deny('metric-knows-nothing-above', '^src-shared/metric/', { path: sharedAbove('format', 'metric') }),
    deny('rule-knows-no-alert', '^src-shared/rule/', { path: sharedAbove('format', 'metric', 'pattern', 'rule') }),
    deny('alert-knows-nothing-above', '^src-shared/(alert|evaluation)/', {
      path: sharedAbove('format', 'metric', 'pattern', 'rule', 'alert', 'evaluation'),
    }),
    deny('alert-knows-no-evaluation', '^src-shared/alert/', { path: '^src-shared/evaluation/' }),
    deny('silence-knows-nothing-above', '^src-shared/silence/', {
      path: sharedAbove('format', 'metric', 'pattern', 'rule', 'alert', 'silence'),
    }),
    deny('pattern-knows-nothing', '^src-shared/pattern/', { path: '^src-shared/', pathNot: '^src-shared/pattern/' }),
    deny('history-knows-nothing-above', '^src-shared/history/', {
      path: sharedAbove('format', 'metric', 'pattern', 'rule', 'alert', 'history'),
    }),
    deny('team-knows-no-health', '^src-shared/team/', {
      path: sharedAbove('format', 'metric', 'pattern', 'rule', 'alert', 'evaluation', 'silence', 'team'),
    }),
    deny('health-knows-no-team', '^src-shared/health/', {
      path: sharedAbove('format', 'metric', 'pattern', 'rule', 'alert', 'health'),
    }),
    deny('ipc-is-the-consoles', '^(src-kafka|src-backend|producers|src-shared/(?!ipc/))', { path: '^src-shared/ipc/' }),
    deny('rest-is-not-for-streams', '^(src-kafka|producers)/', { path: '^src-shared/(rest|session|health)/' }),
    deny('codec-knows-no-caller', '^src-shared/codec/', { path: '^src-shared/(health|ipc|rest|session|settings)/' }),
    deny('preload-sees-names-only', '^src-main/preload/', {
      pathNot: '^(src-main/preload/|src-shared/ipc/channels|node_modules/electron/)',
      dependencyTypesNot: ['type-only'],
    }),
    // `data-thread.ts?modulePath` is the address of a worker's file, not its code.
    deny('main-thread-never-waits-for-disk', '^src-main/main/', {
      path: '^src-main/(store|data|read|connection-test|topic-search)/',
      pathNot:
        '^src-main/(data|read|connection-test|topic-search)/(data|read|connection-test|topic-search)-thread\\.ts$',
      dependencyTypesNot: ['type-only'],
    }),
    deny('store-knows-no-thread', '^src-main/store/', { path: '^src-main/(main|data|read)/' }),
    deny('threads-know-no-work', '^src-main/threads/', { path: '^src-main/(main|data|read|store)/' }),
    deny('data-and-read-do-not-join', '^src-main/(data|read)/', {
      path: '^src-main/(main|data|read)/',
      pathNot: '^src-main/$1/',
    }),
    deny('kafka-is-read-in-the-data-thread', '^src-main/(main|preload|read|store|threads)/', {
      path: '^src-kafka/',
      dependencyTypesNot: ['type-only'],
    }),
    deny('renderer-is-a-browser', '^src-renderer/', { path: '^src-(main|backend|kafka)/' }),
    deny('kafka-knows-shared-only', '^src-kafka/', { path: '^(src-(main|renderer|backend)|producers)/' }),
    deny('backend-knows-no-console', '^src-backend/', { path: '^src-(main|renderer)/' }),
    deny('renderer-has-no-node', '^src-renderer/', { dependencyTypes: ['core'] }),
    deny('features-do-not-join', '^src-renderer/features/([^/]+)/', {
      path: '^src-renderer/features/',
      pathNot: '^src-renderer/features/$1/',
    }),
    ...aboveEachOther('src-renderer', ['bridge', 'ui', 'live', 'commands', 'features', 'views', 'app'], {
      // bridge is below; these three stand beside each other
      ui: ['live', 'commands', 'bridge'],
      live: ['ui', 'commands'],
      commands: ['ui', 'live'],
    }),
    deny('backend-repo-stays-in-its-resource', '^src-backend/([^/]+)/', { path: repo, pathNot: '^src-backend/$1/' }),
    deny('backend-root-uses-services', '^src-backend/[^/]+$', { path: repo }),
    deny('backend-db-knows-no-resource', '^src-backend/db/', { path: '^src-backend/', pathNot: '^src-backend/db/' }),
    deny('backend-http-knows-no-resource', '^src-backend/http/', {
      path: '^src-backend/',
      pathNot: '^src-backend/(http|db)/',
    }),
    deny('producers-only-write-to-kafka', '^producers/', {
      path: '^src-(main|renderer|backend|kafka)/',
      pathNot: '^src-kafka/(client|produce|codecs)/',
    }),
    only('electron', '^src-main/(main|preload)/'),
    only('better-sqlite3', '^src-main/store/'),
    only('kafkajs', '^src-kafka/'),
    only('pg', '^src-backend/'),
    only('dbus-next', '^src-main/main/dbus/'),
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
