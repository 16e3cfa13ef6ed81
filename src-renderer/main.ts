import '@fontsource-variable/inter/wght.css'
import '@fontsource/jetbrains-mono/latin-400.css'
import { mount } from 'svelte'
import { config } from 'zod'
import App from './app/App.svelte'
import { windowBridge } from './bridge/bridge.ts'
import './styles/tokens.css'
import './styles/themes.css'
import './styles/base.css'

// The content security policy forbids `eval`. zod would use it for compiled parsers.
config({ jitless: true })

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no #app')
mount(App, { target, props: { bridge: windowBridge() } })
