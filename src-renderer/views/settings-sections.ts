import AboutSection from '../features/settings/AboutSection.svelte'
import AppearanceSection from '../features/settings/AppearanceSection.svelte'
import BackendSection from '../features/settings/BackendSection.svelte'
import ConnectionsSection from '../features/connections/ConnectionsSection.svelte'
import DataSection from '../features/settings/DataSection.svelte'
import NotificationsSection from '../features/settings/NotificationsSection.svelte'
import SoundSection from '../features/settings/SoundSection.svelte'
import StartupSection from '../features/settings/StartupSection.svelte'
import UpdatesSection from '../features/settings/UpdatesSection.svelte'

/** The sections of the settings page, in the order of its list. */
export const settingsSections = [
  { id: 'connections', title: 'Connections', component: ConnectionsSection },
  { id: 'backend', title: 'Backend', component: BackendSection },
  { id: 'notifications', title: 'Notifications', component: NotificationsSection },
  { id: 'sound', title: 'Sound', component: SoundSection },
  { id: 'appearance', title: 'Appearance', component: AppearanceSection },
  { id: 'data', title: 'Data', component: DataSection },
  { id: 'startup', title: 'Startup', component: StartupSection },
  { id: 'updates', title: 'Updates', component: UpdatesSection },
  { id: 'about', title: 'About', component: AboutSection },
] as const
