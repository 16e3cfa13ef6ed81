'use strict'
// Replaces default_app.asar in a fallback runtime without one: `electron [switches] <app folder>` works, and so
// does Playwright's _electron.launch. It is resources/app/main.js there.
const path = require('node:path')
const fs = require('node:fs')
const { app } = require('electron')

const target = process.argv.slice(1).find((arg) => !arg.startsWith('-'))
if (!target) {
  console.error('usage: electron <path to app>')
  process.exit(2)
}
const entry = path.resolve(target)
const appPath = fs.statSync(entry).isFile() ? path.dirname(entry) : entry
const manifestFile = path.join(appPath, 'package.json')
const manifest = fs.existsSync(manifestFile) ? JSON.parse(fs.readFileSync(manifestFile, 'utf8')) : {}
if (manifest.productName || manifest.name) app.setName(manifest.productName || manifest.name)
if (manifest.version) app.setVersion(manifest.version)
app.setAppPath(appPath)
require(require.resolve(entry))
