import '@fontsource-variable/inter/wght.css'
import '@fontsource/jetbrains-mono/latin-400.css'
import { mount } from 'svelte'
import '../styles/tokens.css'
import '../styles/themes.css'
import '../styles/base.css'
import Gallery from './gallery/Gallery.svelte'

const target = document.getElementById('app')
if (!target) throw new Error('gallery.html has no #app')
if (new URLSearchParams(location.search).get('theme') === 'light') document.documentElement.dataset['theme'] = 'light'
mount(Gallery, { target })
