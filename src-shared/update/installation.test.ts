import { expect, test } from 'vitest'
import { byCommand, installationOf, installWay } from './installation.ts'
import type { InstallationFacts } from './installation.ts'

const facts = (part: Partial<InstallationFacts>): InstallationFacts => ({
  isPackaged: true,
  platform: 'linux',
  appImage: undefined,
  packageType: undefined,
  ...part,
})
const can = { canAskPassword: true, canReplaceAppImage: true }
const cannot = { canAskPassword: false, canReplaceAppImage: false }

test.each([
  ['deb', facts({ packageType: 'deb\n' })],
  ['rpm', facts({ packageType: 'rpm' })],
  ['appimage', facts({ appImage: '/home/anna/ReMo.AppImage' })],
  ['nsis', facts({ platform: 'win32' })],
  ['mac', facts({ platform: 'darwin' })],
] as const)('%s is known by its facts', (type, given) => {
  expect(installationOf(given)).toEqual({ kind: 'package', type })
})

test('from source, or copied by hand, a feed cannot update it', () => {
  expect(installationOf(facts({ isPackaged: false, packageType: 'deb' }))).toEqual({
    kind: 'unsupported',
    reason: 'This ReMo runs from its source; update it with git.',
  })
  expect(installationOf(facts({ packageType: 'pacman' }))).toMatchObject({ kind: 'unsupported' })
})

test('ReMo installs what it can, and has a command for the rest', () => {
  const deb = { file: '/home/anna/updates/remo_0.2.1_amd64.deb', appImage: undefined }
  const image = { file: '/home/anna/new.AppImage', appImage: "/opt/Anna's/ReMo.AppImage" }
  expect([
    installWay('deb', deb, can),
    installWay('appimage', image, can),
    installWay('nsis', deb, cannot),
    installWay('deb', deb, cannot),
    installWay('rpm', { ...deb, file: '/a b/remo.rpm' }, can),
    installWay('appimage', image, cannot),
  ]).toEqual([
    { kind: 'password' },
    { kind: 'itself' },
    { kind: 'itself' },
    byCommand('deb', deb.file, 'This computer has no pkexec, so ReMo cannot ask for the password.'),
    byCommand('rpm', '/a b/remo.rpm', 'ReMo does not install rpm packages itself.'),
    expect.objectContaining({
      command: `sudo install -m 755 /home/anna/new.AppImage '/opt/Anna'\\''s/ReMo.AppImage'`,
    }) as unknown,
  ])
  expect(byCommand('rpm', '/a b/remo.rpm', '')).toMatchObject({ command: "sudo dnf install '/a b/remo.rpm'" })
})
