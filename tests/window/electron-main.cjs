// A bare window. What the console adds (bridge, tray, Kafka) is the business of the end-to-end tests.
const { app, BrowserWindow } = require('electron')

void app.whenReady().then(() => new BrowserWindow({ width: 1360, height: 860 }).loadURL('about:blank'))
