import type { About, CacheUsage, LicenseText } from '#shared/ipc/app-views.ts'

/** A cache that has been filled for two weeks. `now`: epoch ms. */
export function aCacheUsage({ now, ...part }: Partial<CacheUsage> & { readonly now: number }): CacheUsage {
  const day = 86_400_000
  const midnight = Math.floor(now / day) * day
  const days = Array.from({ length: 14 }, (_, i) => {
    const at = midnight - (13 - i) * day
    return {
      day: new Date(at).toISOString().slice(0, 10),
      bytes: i === 13 ? 59e6 : i === 12 ? 118e6 : (88 + 3 * (i % 12)) * 1e6,
    }
  })
  return {
    samples: 1310e6,
    journal: 64e6,
    free: 35e6,
    wal: 26e6,
    history: 42e6,
    logs: 11e6,
    total: 1477e6,
    limit: 2e9,
    diskFree: 212e9,
    nodes: 48,
    series: 528,
    values: 89_400_000,
    alerts: 1204,
    oldest: midnight - 13 * day,
    days,
    largest: [
      { id: 'web-01', name: 'Web 01', series: 180, bytes: 310e6 },
      { id: 'db-017', name: 'Database 17', series: 164, bytes: 284e6 },
      { id: 'node-22', name: 'Server-22', series: 4, bytes: 31e6 },
    ],
    fullAt: midnight + 4 * day + day / 2,
    firstToGo: midnight - 13 * day,
    compactedAt: now - 3 * 3_600_000,
    ...part,
  }
}

/** A library as long as its license text needs, and one with several texts. */
export const aLicenseText = (part: Partial<LicenseText> = {}): LicenseText => ({
  texts: [
    { title: 'LICENSE', text: `MIT License\n\nCopyright (c) 2026 Somebody\n\n${mitText}` },
    { title: 'NOTICE', text: 'This product includes software developed by somebody else.\n' },
  ],
  ...part,
})

const mitText = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction.
`

export const anAbout = (part: Partial<About> = {}): About => ({
  version: '0.2.0',
  revision: '4f2c81d',
  electron: '45.4.1',
  chromium: '150.0.7871.46',
  node: '24.21.0',
  system: 'Linux 6.12.0 x64',
  dataDir: '/home/anna/.config/ReMo',
  logDir: '/home/anna/.config/ReMo/logs',
  metricsUrl: 'http://127.0.0.1:9464/metrics',
  licenses: [
    { name: 'better-sqlite3', version: '13.2.0', license: 'MIT' },
    { name: 'Chromium', version: '150.0.7871.46', license: 'BSD-3-Clause and others' },
    { name: 'electron', version: '45.4.1', license: 'MIT' },
    { name: 'kafkajs', version: '2.2.4', license: 'MIT' },
    { name: 'svelte', version: '5.57.3', license: 'MIT' },
    { name: 'zod', version: '4.6.7', license: 'MIT' },
  ],
  report: 'ReMo: 0.2.0 (4f2c81d)\nSystem: Linux 6.12.0 x64\nHealth: live',
  ...part,
})
