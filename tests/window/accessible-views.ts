import type { Page } from '@playwright/test'
import { button, dialog, type View } from './accessible-view.ts'
import { settingsViews } from './accessible-settings-views.ts'
import { streamViews } from './accessible-stream-views.ts'

async function firstRow(page: Page): Promise<void> {
  await page.getByRole('row').nth(1).click()
}

async function newThreshold(page: Page): Promise<void> {
  await button(page, 'New threshold')
  await page.getByRole('form', { name: 'New threshold' }).waitFor()
}

async function manySeries(page: Page): Promise<void> {
  await page.getByRole('grid', { name: 'Series' }).waitFor()
  for (const key of ['j', 'p', 'j', 'Enter']) await page.keyboard.press(key)
  await page.getByRole('searchbox', { name: 'Filter series' }).fill('usage_')
  await page.getByText(/^No match in/).waitFor()
}

/** Every page, dialog and state that is checked with axe. */
export const accessibleViews: readonly View[] = [
  { name: 'Overview with cards', at: '?nodes=8#/overview' },
  { name: 'Overview with tiles', at: '?nodes=48#/overview' },
  {
    name: 'Overview with tiles colored by a metric',
    at: '?nodes=48#/overview',
    steps: (page) => page.getByRole('radio', { name: 'CPU' }).click(),
  },
  { name: 'Overview of a viewer', at: '?nodes=8&session=viewer#/overview' },
  { name: 'Overview while catching up', at: '?nodes=8&state=catching-up#/overview' },
  { name: 'Overview without a topic', at: '?state=empty#/overview' },
  { name: 'first start', at: '?state=first-start#/overview' },
  { name: 'Overview with cards while blind', at: '?nodes=8&state=blind#/overview' },
  { name: 'Overview with tiles while blind', at: '?nodes=48&state=blind#/overview' },
  { name: 'Metrics', at: '?nodes=12#/metrics' },
  { name: 'Metrics in a small window', at: '?nodes=12#/metrics', small: true },
  {
    name: 'Metrics with many series, filtered and pinned',
    at: '?series=telegraf#/metrics/node-1',
    steps: manySeries,
  },
  {
    name: 'Metrics with many series in a small window',
    at: '?series=telegraf#/metrics/node-1',
    small: true,
    steps: manySeries,
  },
  { name: 'Metrics while blind', at: '?nodes=12&state=blind#/metrics/node-6' },
  { name: 'Metrics of an unknown node', at: '?nodes=4#/metrics/node-99' },
  {
    name: 'Metrics, nothing matches the filter',
    at: '?nodes=4#/metrics',
    steps: (page) => page.getByRole('searchbox', { name: 'Filter nodes' }).fill('x'),
  },
  {
    name: 'Alerts with details and timeline',
    at: '?nodes=12&session=operator#/alerts',
    steps: (page) => page.getByRole('list', { name: 'Timeline' }).waitFor(),
  },
  {
    name: 'Alerts with details in a small window',
    at: '?nodes=12&session=operator#/alerts',
    small: true,
    steps: (page) => page.getByRole('list', { name: 'Timeline' }).waitFor(),
  },
  {
    name: 'Alerts, acknowledged',
    at: '?nodes=12#/alerts',
    steps: (page) => page.getByRole('radio', { name: /^Acknowledged/ }).click(),
  },
  {
    name: 'an alert about the console, of a viewer',
    at: '?nodes=12&own&session=viewer#/alerts',
    steps: (page) => page.getByRole('row').filter({ hasText: 'Reading lag' }).click(),
  },
  {
    name: 'nodes, alerts and commands by Ctrl+K',
    at: '?nodes=200&storm=40#/overview',
    steps: async (page) => {
      await page.keyboard.press('ControlOrMeta+k')
      await page.getByRole('combobox').fill('node-2')
      await page.getByRole('dialog').getByRole('option').filter({ hasText: 'Alert' }).first().waitFor()
    },
  },
  { name: 'Alerts while blind', at: '?nodes=12&state=blind#/alerts' },
  { name: 'Alerts of a small fleet', at: '?nodes=1#/alerts' },
  { name: 'Alerts, silenced', at: '?nodes=12&silences=some#/alerts/silenced' },
  { name: 'Overview with silenced alerts', at: '?nodes=12&silences=some#/overview' },
  { name: 'Overview with tiles and silenced alerts', at: '?nodes=48&silences=some#/overview' },
  { name: 'Silences', at: '?nodes=12&silences=some#/silences' },
  { name: 'Silences in a small window', at: '?nodes=12&silences=some#/silences', small: true },
  { name: 'Silences of a viewer', at: '?nodes=12&silences=some&session=viewer#/silences' },
  { name: 'Silences, none yet', at: '?nodes=12#/silences' },
  {
    name: 'Silences, expired ones',
    at: '?nodes=12&silences=some#/silences',
    steps: (page) => page.getByRole('radio', { name: /^Expired/ }).click(),
  },
  {
    name: 'dialog of a silence, from an alert',
    at: '?nodes=12&session=operator#/alerts',
    steps: async (page) => {
      await page.getByRole('row').nth(1).click()
      await page.keyboard.press('s')
      await dialog(page, 'Silence')
    },
  },
  {
    name: 'dialog of a silence, with suggestions',
    at: '?nodes=12#/silences',
    small: true,
    steps: async (page) => {
      await button(page, 'New silence')
      await dialog(page, 'Silence')
      await page.getByRole('textbox', { name: 'Alerts where all of these hold' }).fill('node=')
      await page.getByRole('group', { name: 'Suggestions' }).waitFor()
    },
  },
  {
    name: 'dialog of a silence, with problems of a weekly window',
    at: '?nodes=12#/alerts',
    steps: async (page) => {
      await page.getByRole('row').nth(1).click()
      await page.keyboard.press('s')
      await dialog(page, 'Silence')
      await button(page, 'As text')
      await page.getByRole('textbox', { name: 'Alerts where all of these hold' }).fill('node=~"web-(')
      await page.getByRole('radio', { name: 'Weekly…' }).click()
      await page.getByRole('textbox', { name: 'To', exact: true }).fill('x')
      await page.getByRole('textbox', { name: 'Why' }).fill('Patch night')
      await page.keyboard.press('Control+Enter')
      await page.getByRole('alert').first().waitFor()
    },
  },
  {
    name: 'dialog of a silence, a conflict',
    at: '?nodes=12&silences=conflict#/silences',
    steps: async (page) => {
      await page.getByRole('row').nth(1).click()
      await page.keyboard.press('e')
      await dialog(page, 'Edit silence')
      await page.getByRole('textbox', { name: 'Why' }).fill('mine')
      await page.keyboard.press('Control+Enter')
      await page.getByRole('button', { name: 'Load theirs' }).waitFor()
    },
  },
  { name: 'Thresholds', at: '?nodes=12#/thresholds' },
  { name: 'Thresholds from a file', at: '?nodes=12&session=admin&rules=managed#/thresholds', steps: firstRow },
  {
    name: 'Thresholds, a file to import',
    at: '?nodes=12&session=admin#/thresholds',
    steps: (page) => button(page, 'Import'),
  },
  { name: 'Audit', at: '?nodes=12&session=admin#/audit', steps: firstRow },
  { name: 'Thresholds with the panel', at: '?nodes=12&session=viewer#/thresholds', steps: firstRow },
  { name: 'Thresholds with the editor', at: '?nodes=12#/thresholds', steps: firstRow },
  {
    name: 'Thresholds, a new one with every field and its problems',
    at: '?nodes=12#/thresholds',
    steps: async (page) => {
      await newThreshold(page)
      await button(page, 'More options')
      await page.getByLabel('Warning').fill('-')
      await button(page, 'Save threshold')
    },
  },
  {
    name: 'Thresholds, choosing a node',
    at: '?nodes=12#/thresholds',
    steps: async (page) => {
      await newThreshold(page)
      await page.getByRole('combobox', { name: 'Applies to:' }).click()
      await page.getByRole('option', { name: 'One node' }).click()
      await page.getByRole('combobox', { name: 'Node', exact: true }).pressSequentially('node-1')
      await page.getByRole('option', { name: 'node-12' }).waitFor()
    },
  },
  {
    name: 'Thresholds, choosing a metric',
    at: '?nodes=12#/thresholds',
    steps: async (page) => {
      await newThreshold(page)
      await page.getByRole('combobox', { name: 'Metric:' }).click()
      await page.getByRole('option').first().waitFor()
    },
  },
  {
    name: 'Thresholds with changes not sent',
    at: '?nodes=12&session=operator&backend=unreachable&actions=queue#/thresholds',
  },
  {
    name: 'Thresholds, a conflict',
    at: '?nodes=12&session=admin&actions=conflict#/thresholds',
    steps: async (page) => {
      await firstRow(page)
      await button(page, 'Save threshold')
      await button(page, 'Keep mine')
    },
  },
  {
    name: 'Thresholds, asked before a deletion',
    at: '?nodes=12#/thresholds',
    steps: async (page) => {
      await firstRow(page)
      await button(page, 'Delete')
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'dialog of do not disturb',
    at: '?nodes=12&pause=on#/alerts',
    small: true,
    steps: async (page) => {
      await button(page, /left$/)
      await page.getByRole('switch', { name: 'Quiet hours' }).click()
      await page.getByRole('switch', { name: 'Critical breaks through' }).click()
      await page.getByRole('textbox', { name: 'Quiet hours begin at' }).fill('x')
      await page.getByRole('textbox', { name: 'Quiet hours begin at' }).press('Enter')
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'Users', at: '?session=admin#/users', steps: firstRow },
  {
    name: 'Users, another account',
    at: '?session=admin#/users',
    steps: (page) => page.getByRole('row').nth(2).click(),
  },
  {
    name: 'Users, asked before an account is disabled',
    at: '?session=admin#/users',
    steps: async (page) => {
      await page.getByRole('row').nth(2).click()
      await button(page, 'Disable')
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'dialog for a new user, with problems',
    at: '?session=admin#/users',
    steps: async (page) => {
      await button(page, 'New user')
      await dialog(page, 'New user')
      await button(page, 'Add user')
    },
  },
  { name: 'Users without the backend', at: '?session=admin&backend=unreachable#/users' },
  { name: 'Users, not permitted', at: '?session=viewer#/users' },
  {
    name: 'Sign in',
    at: '?session=never#/overview',
    steps: async (page) => {
      await page.getByRole('contentinfo').getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('form', { name: 'Sign in to ReMo' }).getByRole('button', { name: 'Sign in' }).click()
    },
  },
  {
    name: 'Sign in without the backend',
    at: '?session=expired&backend=unreachable#/overview',
    steps: (page) => page.getByRole('contentinfo').getByRole('button', { name: 'Sign in' }).click(),
  },
  {
    name: 'menu of the user',
    at: '?session=operator#/overview',
    steps: (page) => button(page, 'anna, operator'),
  },
  {
    name: 'dialog to change the password',
    at: '?session=operator#/overview',
    steps: async (page) => {
      await button(page, 'anna, operator')
      await page.getByRole('menuitem', { name: 'Change password…' }).click()
      await dialog(page, 'Change password')
    },
  },
  {
    name: 'dialog of keyboard shortcuts',
    at: '?nodes=4#/alerts',
    steps: async (page) => {
      await button(page, 'Shortcuts')
      await dialog(page, 'Keyboard shortcuts')
    },
  },
  ...streamViews,
  ...settingsViews,
  ...(['queue', 'conflict'] as const).map((actions) => ({
    name: `dialog of changes: ${actions}`,
    at: `?nodes=12&session=operator&backend=unreachable&actions=${actions}#/overview`,
    small: true as const,
    steps: async (page: Page) => {
      await page.getByRole('contentinfo').getByRole('button', { name: /^Not/ }).click()
      await dialog(page, 'Your changes')
    },
  })),
]
