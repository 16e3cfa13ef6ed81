import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Configuration } from 'electron-builder'
import { macSigning } from './scripts/package/mac-signing.ts'

/**
 * Packages of the console. `scripts/package.ts` calls electron-builder with it, on the staged app in `dist/app`. The .deb
 * is made from `dist/linux-unpacked` by electron-installer-debian: see scripts/package/debian-package.ts.
 */
const config: Configuration = {
  appId: 'app.remo.console',
  productName: 'ReMo',
  copyright: 'MIT License',
  directories: { app: 'dist/app', output: 'dist', buildResources: 'packaging' },
  // Everything in the staged app, which has production files only.
  files: ['**/*'],
  asar: { smartUnpack: false },
  // A native module is loaded by the system, which cannot read inside of an asar.
  asarUnpack: ['**/*.node'],
  // The staged modules are built already.
  npmRebuild: false,
  protocols: [{ name: 'ReMo', schemes: ['remo'] }],
  electronLanguages: ['en-US'],
  // The runtime that stands in for an Electron that cannot be downloaded has an app of its own.
  afterPack: ({ appOutDir }) => rmSync(join(appOutDir, 'resources', 'app'), { recursive: true, force: true }),
  // Nobody is asked for updates unless an organisation sets its address: src-shared/update.
  publish: null,
  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  },
  linux: {
    executableName: 'remo',
    icon: 'dist/icons',
    category: 'System;Monitor',
    synopsis: 'Metrics straight from Kafka, with native alerts',
    syncDesktopName: true,
    target: ['AppImage', 'rpm'],
  },
  win: {
    icon: 'dist/icons/icon.ico',
    target: [{ target: 'nsis', arch: ['x64', 'arm64'] }],
  },
  // For one user, without administrator rights. The data folder stays when ReMo is removed.
  // Windows shows notifications of programs with a shortcut in the Start menu that has their id: the installer makes it.
  nsis: {
    oneClick: true,
    perMachine: false,
    deleteAppDataOnUninstall: false,
    createStartMenuShortcut: true,
    include: 'packaging/win/installer.nsh',
  },
  mac: {
    icon: 'dist/icons/icon.icns',
    category: 'public.app-category.developer-tools',
    // An update is the zip.
    target: [
      { target: 'dmg', arch: 'universal' },
      { target: 'zip', arch: 'universal' },
    ],
    ...macSigning(process.env),
    gatekeeperAssess: false,
    // The native modules have a binary for each processor, or one for both: the halves of the app do not differ in them.
    x64ArchFiles: '**/app.asar.unpacked/**',
    // Alerts stay on the screen until they are dismissed. Users can choose banners in System Settings.
    extendInfo: { NSUserNotificationAlertStyle: 'alert' },
    entitlements: 'packaging/mac/entitlements.plist',
    entitlementsInherit: 'packaging/mac/entitlements.plist',
  },
}

export default config
