import { button, dialog, type View } from './accessible-view.ts'

/** Settings, their chips and the list of commands. */
export const settingsViews: readonly View[] = [
  { name: 'Settings, backend', at: '?nodes=4&session=operator#/settings/backend' },
  {
    name: 'Settings, backend, the second channel fails',
    at: '?nodes=4&session=admin&consoles=failing#/settings/backend',
    steps: async (page) => {
      await button(page, 'Send a test')
      await page.getByText('It answered 403.', { exact: true }).waitFor()
    },
  },
  { name: 'Settings, backend without consoles', at: '?nodes=4&session=viewer&consoles=none#/settings/backend' },
  { name: 'Settings, backend of an older version', at: '?nodes=4&session=admin&consoles=older#/settings/backend' },
  { name: 'Settings, backend unreachable', at: '?nodes=4&session=expired&backend=unreachable#/settings/backend' },
  {
    name: 'Settings, notifications with a failed test',
    at: '?nodes=4&settings=broken#/settings/notifications',
    steps: async (page) => {
      await button(page, 'Send a test notification')
      await page.getByText('Not shown.').waitFor()
    },
  },
  { name: 'Settings, notifications of my nodes', at: '?nodes=48&names=roles&settings=mine#/settings/notifications' },
  {
    name: 'Settings, a pattern of my nodes that is wrong',
    at: '?nodes=12#/settings/notifications',
    small: true,
    steps: async (page) => {
      await page.getByRole('radio', { name: 'My nodes' }).click()
      await page.getByRole('radio', { name: 'Pattern' }).click()
      await page.getByRole('textbox', { name: 'Pattern of node ids' }).fill('web-(')
      await page.getByText('Missing closing').waitFor()
    },
  },
  {
    name: 'Settings, sound after a test',
    at: '?nodes=4&settings=mine#/settings/sound',
    steps: async (page) => {
      await button(page, 'Test the sound: Critical')
      await page.getByText('Played.').waitFor()
    },
  },
  { name: 'Settings, sound with fixed values', at: '?nodes=4&settings=fixed#/settings/sound', small: true },
  {
    name: 'chips of what narrows notifications, in a small window',
    at: '?nodes=12&settings=mine#/alerts',
    small: true,
  },
  {
    name: 'dialog of commands',
    at: '?nodes=12#/overview',
    steps: async (page) => {
      await page.getByRole('link', { name: 'Overview' }).waitFor()
      await page.keyboard.press('Control+k')
      await dialog(page, 'Find')
      await page.keyboard.type('s')
    },
  },
  {
    name: 'dialog of commands, none found',
    at: '?nodes=12#/overview',
    small: true,
    steps: async (page) => {
      await page.getByRole('link', { name: 'Overview' }).waitFor()
      await page.keyboard.press('Control+k')
      await dialog(page, 'Find')
      await page.keyboard.type('xyzzy')
    },
  },
  { name: 'Settings, notifications with quiet hours', at: '?nodes=4&pause=quiet#/settings/notifications' },
  { name: 'Settings, appearance', at: '?nodes=4#/settings/appearance' },
  {
    name: 'Settings, appearance in the color-blind palette, compact',
    at: '?nodes=4#/settings/appearance',
    steps: async (page) => {
      await page.getByRole('radio', { name: 'Color-blind' }).click()
      await page.getByRole('radio', { name: 'Compact' }).click()
    },
  },
  { name: 'Settings, appearance with fixed values', at: '?nodes=4&settings=fixed#/settings/appearance', small: true },
  { name: 'Settings, startup', at: '?nodes=4&settings=broken#/settings/startup' },
  { name: 'Settings, data', at: '?nodes=4#/settings/data' },
  { name: 'Settings, data in a small window', at: '?nodes=4&settings=fixed#/settings/data', small: true },
  { name: 'Settings, data of a new cache', at: '?state=empty#/settings/data' },
  {
    name: 'Settings, asked before the cache is deleted',
    at: '?nodes=4#/settings/data',
    steps: async (page) => {
      await button(page, 'Delete…')
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'Settings, about',
    at: '?nodes=4#/settings/about',
    steps: (page) => page.getByText('zod 4.6.7').waitFor(),
  },
  {
    name: 'Settings, found over all sections',
    at: '?nodes=4#/settings/appearance',
    steps: (page) => page.getByRole('textbox', { name: 'Find a setting' }).fill('t'),
  },
]
