/** Connections of Settings, and the guide of the first run: by keyboard, and what is said of wrong input. */
import type { Page } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import { expect, test, type Open } from './fixtures.ts'
import { pressSequence } from './key-sequence.ts'
import { paste } from './paste.ts'

const saved = 'preview.html?connections=saved&still#/settings/connections'
const guide = 'preview.html?state=first-start#/overview'

const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })
const list = (page: Page) => page.getByRole('region', { name: 'List of connections' }).getByRole('listitem')
const headline = (page: Page) => page.getByRole('region', { name: 'Test' }).getByRole('status')
/** Keys come too early before. */
const openGuide = async (open: Open): Promise<Page> => {
  const page = await open(guide)
  await expect(field(page, 'Bootstrap servers')).toBeFocused()
  return page
}
const openSaved = async (open: Open): Promise<Page> => {
  const page = await open(saved)
  await expect(list(page)).toHaveCount(3)
  return page
}
const step = (page: Page, name: string) =>
  page.getByRole('list', { name: 'Steps of the test' }).getByRole('listitem').filter({ hasText: name })

test.describe('by keyboard alone', () => {
  test('the guide: a wrong broker is mended, and ReMo connects', async ({ open }) => {
    const page = await openGuide(open)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('alert')).toContainText('Enter at least one broker')
    await expect(field(page, 'Bootstrap servers')).toBeFocused()
    await page.keyboard.type('kafka://wrong.example.net:9093')
    await page.keyboard.press('Enter')
    await expect(headline(page)).toHaveText('Stopped at TCP')
    await expect(step(page, 'TCP connects')).toContainText('Nothing is listening on wrong.example.net:9093.')
    await expect(field(page, 'Bootstrap servers')).toHaveValue('kafka://wrong.example.net:9093')
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('kafka-1.example.net:9093')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('form', { name: 'Connect to Kafka' }).getByRole('status')).toContainText('Saved.')
  })

  test('the guide: security, user and password, and more settings keep what was typed', async ({ open }) => {
    const page = await openGuide(open)
    await page.keyboard.type('kafka-1.example.net:9093')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('combobox', { name: /^Security protocol: TLS and password/ })).toBeFocused()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.type('müller')
    await page.keyboard.press('Tab')
    await page.keyboard.type('wrong')
    await page.keyboard.press('Enter')
    await expect(headline(page)).toHaveText('Stopped at SASL')
    await page.getByRole('button', { name: 'More settings' }).focus()
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/#\/settings\/connections$/)
    await expect(field(page, 'User')).toHaveValue('müller')
    await expect(field(page, 'Bootstrap servers')).toHaveValue('kafka-1.example.net:9093')
    await expect(field(page, 'Password')).toHaveValue('wrong')
  })

  test('a new connection: n, the fields, Ctrl S', async ({ open }) => {
    const page = await openSaved(open)
    await page.keyboard.press('n')
    await expect(field(page, 'Name')).toBeFocused()
    await page.keyboard.type('Zürich Süd')
    await page.keyboard.press('Tab')
    await page.keyboard.type('LAB')
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Tab')
    await page.keyboard.type('[2001:db8::1]:9092')
    await page.keyboard.press('ControlOrMeta+s')
    await expect(list(page).filter({ hasText: 'Zürich Süd' })).toContainText('[2001:db8::1]:9092')
    await expect(page.getByRole('form', { name: 'Zürich Süd' }).getByRole('status')).toContainText('Saved.')
  })

  test('the first wrong field gets the focus, and nothing typed is lost', async ({ open }) => {
    const page = await openSaved(open)
    await page.keyboard.press('n')
    await expect(field(page, 'Name')).toBeFocused()
    await page.keyboard.type('Lab')
    await field(page, 'Bootstrap servers').fill('localhost')
    await field(page, 'Topics').fill('(')
    await page.keyboard.press('ControlOrMeta+s')
    await expect(field(page, 'Bootstrap servers')).toBeFocused()
    await expect(field(page, 'Bootstrap servers')).toHaveAccessibleDescription(/the port is missing/)
    await expect(field(page, 'Topics')).toHaveAccessibleDescription(/regular expression/)
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'Overview' }).focus()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
    await page.keyboard.press('ControlOrMeta+,')
    await page.getByRole('button', { name: /^New connection/ }).click()
    await expect(field(page, 'Name')).toHaveValue('Lab')
    await expect(field(page, 'Topics')).toHaveValue('(')
  })

  test('g and a number switch the connection from every page', async ({ open }) => {
    const page = await openSaved(open)
    await pressSequence(page, 'g o')
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
    await pressSequence(page, 'g 2')
    await page.keyboard.press('ControlOrMeta+,')
    await expect(list(page).filter({ hasText: 'Staging' })).toContainText('In use')
  })

  test('a missing password is asked for, and a wrong one is mended', async ({ open }) => {
    const page = await open('preview.html?connections=locked&state=first-start#/overview')
    const dialog = page.getByRole('dialog', { name: 'Password for Production Zurich' })
    await expect(dialog).toContainText('No working keychain found.')
    await expect(dialog.getByLabel('Password', { exact: true })).toBeFocused()
    await page.keyboard.type('wrong')
    await page.keyboard.press('Enter')
    await expect(dialog.getByRole('alert')).toContainText('Kafka refused the password')
    await page.keyboard.press('Escape')
    await page.getByRole('main').getByRole('button', { name: 'Enter the password' }).focus()
    await page.keyboard.press('Enter')
    await expect(dialog.getByLabel('Password', { exact: true })).toBeFocused()
    await page.keyboard.type('right')
    await page.keyboard.press('Enter')
    await expect(dialog).toBeHidden()
    await expect(page.getByRole('heading', { name: 'Connecting to Kafka' })).toBeVisible()
  })
})

test.describe('the test', () => {
  test('shows steps as they happen, and can be stopped; nothing is saved then', async ({ open }) => {
    const page = await openSaved(open)
    await field(page, 'Bootstrap servers').fill('slow.example.net:9093')
    await page.getByRole('button', { name: 'Test and save' }).click()
    await expect(step(page, 'Names resolve')).toContainText('running')
    await page.getByRole('button', { name: 'Stop' }).click()
    await expect(headline(page)).toHaveText('Stopped')
    await expect(list(page).filter({ hasText: 'Production Zurich' })).toContainText('Not saved')
    await expect(field(page, 'Bootstrap servers')).toHaveValue('slow.example.net:9093')
  })

  test('missing rights come with commands to copy', async ({ open }) => {
    const page = await openSaved(open)
    await field(page, 'User').fill('no-rights')
    await page.getByRole('button', { name: 'Test only' }).click()
    await expect(headline(page)).toHaveText('Stopped at rights')
    await step(page, 'Rights').getByRole('button', { name: 'Copy commands' }).click()
    await expect(step(page, 'Rights').getByRole('button', { name: 'Copied' })).toBeVisible()
    await field(page, 'Topics').fill('')
    await page.keyboard.press('ControlOrMeta+v')
    await expect(field(page, 'Topics')).toHaveValue(/^kafka-acls\.sh .*User:no-rights/)
  })

  test('Save anyway says what will not work, and asks', async ({ open }) => {
    const page = await openSaved(open)
    await field(page, 'Bootstrap servers').fill('kafka-1.internal:9093')
    await page.getByRole('button', { name: 'Test and save' }).click()
    await expect(step(page, 'Listeners')).toContainText('which this computer cannot resolve')
    await page.getByRole('button', { name: 'Save anyway' }).click()
    const dialog = page.getByRole('alertdialog')
    await expect(dialog).toContainText('ReMo cannot read this Kafka: kafka-2 advertises')
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
    await dialog.getByRole('button', { name: 'Save anyway' }).click()
    await expect(list(page).filter({ hasText: 'Production Zurich' })).toContainText('kafka-1.internal:9093')
  })
})

test('what was understood of a broker with a protocol in front stands beside the field', async ({ open }) => {
  const page = await openGuide(open)
  await page.keyboard.type('kafka://localhost:9092')
  await page.keyboard.press('Tab')
  await expect(field(page, 'Bootstrap servers')).toHaveAccessibleDescription(/is read as localhost:9092/)
})

test('a certificate is a path or a pasted text, and a text that is no PEM says so', async ({ open }) => {
  const page = await openSaved(open)
  const ca = field(page, 'CA certificate')
  await expect(ca).toHaveAccessibleDescription(/issued by Example CA/)
  await ca.fill('/etc/passwd')
  await ca.press('Tab')
  await expect(ca).toHaveAccessibleDescription(/is not a PEM file/)
  await ca.focus()
  await paste(page, '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n')
  await expect(ca).toHaveValue(/^Pasted text, \d+ characters$/)
  await page.getByRole('button', { name: 'Clear: CA certificate' }).click()
  await expect(ca).toBeFocused()
  await page.getByRole('button', { name: 'Choose a file: CA certificate' }).click()
  await expect(ca).toHaveValue('/home/anna/ca.pem')
})

test('what a variable fixes is shown with its name, and cannot be changed', async ({ open }) => {
  const page = await open('preview.html?connections=fixed#/settings/connections')
  await expect(field(page, 'Topics')).toHaveAccessibleDescription(/KAFKA_TOPIC_PATTERN/)
  await expect(field(page, 'Topics')).not.toBeEditable()
  await expect(field(page, 'Password')).not.toBeEditable()
  await expect(page.getByRole('combobox', { name: /^Security protocol/ })).toHaveCount(0)
  await expect(field(page, 'Security protocol')).toHaveValue('TLS and password (SASL_SSL)')
  await expect(field(page, 'User')).toBeEditable()
})

test('an invitation: the link is copied, opens in the form of a colleague, and saves nothing', async ({ open }) => {
  const page = await openSaved(open)
  await page.getByRole('button', { name: 'Invite a colleague' }).click()
  const dialog = page.getByRole('dialog', { name: 'Invite a colleague to Production Zurich' })
  await expect(dialog).toContainText('It holds no password and no key.')
  await dialog.getByRole('button', { name: 'Save as a file…' }).click()
  await expect(dialog).toContainText('Saved to /home/anna/Production Zurich.remo.')
  await dialog.getByRole('button', { name: 'Copy link' }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'From an invitation' }).click()
  await page.getByRole('textbox', { name: 'Link' }).focus()
  await page.keyboard.press('ControlOrMeta+v')
  await expect(field(page, 'Name')).toHaveValue('Lab Zürich')
  await expect(list(page)).toHaveCount(4)
  await expect(list(page).last()).toContainText('Not saved')
})

test('what is no invitation says so', async ({ open }) => {
  const page = await openGuide(open)
  const link = page.getByRole('textbox', { name: 'Link' })
  await link.fill('https://example.net')
  await link.press('Enter')
  await expect(link).toHaveAccessibleDescription(/is not an invitation/)
  await link.focus()
  await paste(page, 'remo://connect?name=Lab')
  await expect(page).toHaveURL(/#\/settings\/connections$/)
  await expect(field(page, 'Name')).toHaveValue('Lab Zürich')
})

test('removing asks first, and is not offered for the connection in use', async ({ open }) => {
  const page = await openSaved(open)
  await expect(field(page, 'Name')).toHaveValue('Production Zurich')
  await expect(page.getByRole('button', { name: 'Remove' })).toHaveCount(0)
  await list(page)
    .getByRole('button', { name: /^Staging/ })
    .click()
  await page.getByRole('button', { name: 'Remove' }).click()
  const dialog = page.getByRole('alertdialog', { name: 'Remove Staging?' })
  await expect(dialog.getByRole('button', { name: 'Keep it' })).toBeFocused()
  await dialog.getByRole('button', { name: 'Remove connection' }).click()
  await expect(list(page)).toHaveCount(2)
  await expect(field(page, 'Name')).toHaveValue('Production Zurich')
})

test('the frame has the mark of the connection, and the demo says what it is', async ({ open }) => {
  const page = await open('preview.html?connections=demo&nodes=12#/overview')
  await expect(page.getByRole('link', { name: 'DEMO' })).toBeVisible()
  await expect(page.getByRole('contentinfo')).toContainText('DEMO')
  await expect(page.getByRole('banner').or(page.getByRole('status')).filter({ hasText: 'simulated' })).toBeVisible()
  await page.getByRole('button', { name: 'Connect your Kafka' }).click()
  await expect(page.getByRole('form', { name: 'New connection' })).toBeVisible()
  await list(page).getByRole('button', { name: /^Demo/ }).click()
  await expect(page.getByRole('main').getByRole('button', { name: 'Leave the demo' })).toBeVisible()
})

test('nothing is set up: the chip and the status bar say so', async ({ open }) => {
  const page = await openGuide(open)
  await expect(page.getByRole('banner').getByText('Not set up')).toBeVisible()
  await expect(page.getByRole('contentinfo')).toContainText('Kafka not set up')
})

const views: ReadonlyArray<{ name: string; at: string; small?: true; steps?: (page: Page) => Promise<unknown> }> = [
  { name: 'the connections', at: saved },
  { name: 'the connections in a small window', at: saved, small: true },
  { name: 'fields that variables fix', at: 'preview.html?connections=fixed#/settings/connections' },
  { name: 'a connection of variables', at: 'preview.html?connections=environment#/settings/connections' },
  { name: 'the connection of the demo', at: 'preview.html?connections=demo#/settings/connections' },
  {
    name: 'wrong fields',
    at: saved,
    steps: async (page) => {
      await expect(list(page)).toHaveCount(3)
      await page.keyboard.press('n')
      await expect(field(page, 'Name')).toBeFocused()
      await page.getByText('More', { exact: true }).click()
      await page.keyboard.press('ControlOrMeta+s')
      await page.getByRole('alert').first().waitFor()
    },
  },
  {
    name: 'verification skipped, and missing rights',
    at: saved,
    steps: async (page) => {
      await page.getByRole('checkbox', { name: 'Skip verification of certificates' }).check()
      await field(page, 'User').fill('no-rights')
      await page.getByRole('button', { name: 'Test and save' }).click()
      await page.getByRole('button', { name: 'Copy commands' }).waitFor()
    },
  },
  {
    name: 'a passed test with warnings',
    at: saved,
    steps: async (page) => {
      await field(page, 'Topics').fill('^nothing-')
      await page.getByRole('button', { name: 'Test only' }).click()
      await expect(headline(page)).toHaveText('Works, with limits')
    },
  },
  {
    name: 'a running test',
    at: saved,
    steps: async (page) => {
      await field(page, 'Bootstrap servers').fill('slow.example.net:9093')
      await page.getByRole('button', { name: 'Test only' }).click()
      await page.getByRole('button', { name: 'Stop' }).waitFor()
    },
  },
  ...['Save anyway', 'Invite a colleague', 'From an invitation'].map((name) => ({
    name: `the dialog of “${name}”`,
    at: saved,
    steps: (page: Page) => page.getByRole('button', { name }).click(),
  })),
  {
    name: 'the guide with password and a failed test',
    at: guide,
    steps: async (page) => {
      await expect(field(page, 'Bootstrap servers')).toBeFocused()
      await page.keyboard.type('wrong.example.net:9093')
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Save anyway' }).waitFor()
    },
  },
  { name: 'the banner of the demo', at: 'preview.html?connections=demo&nodes=12#/overview' },
  { name: 'the dialog for the password', at: 'preview.html?connections=locked&state=first-start#/overview' },
]

test.describe('accessible in both themes', () => {
  for (const { name, at, small, steps } of views) {
    test(name, async ({ open }) => {
      const page = await open(at, small && { width: 900, height: 420 })
      await page.getByRole('navigation').first().waitFor()
      await steps?.(page)
      await expectAccessible(page)
    })
  }
})

test('the last step of a test says each message once', async ({ open }) => {
  const page = await openSaved(open)
  await page.getByRole('button', { name: 'Test only' }).click()
  await expect(headline(page)).toHaveText(/^Works/)
  const said = await step(page, 'One message of each kind').innerText()
  expect(said.match(/metrics-node-\d: .*/g)).toEqual([
    'metrics-node-1: node-1 with 4 metrics, 0.8 s ago.',
    'metrics-node-2: node-2 with 4 metrics, 1.1 s ago.',
  ])
})
