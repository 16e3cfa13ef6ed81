import { expect, test } from './fixtures.ts'

test('the page is a sandboxed browser page: no Node, no eval, no network, no other window, no permissions', async ({
  launch,
}) => {
  const console = await launch()
  const window = await console.window()
  expect(window.url()).toMatch(/^app:\/\/remo\//)
  const seen = await window.evaluate(async () => {
    const attempt = async (work: () => unknown): Promise<string> => {
      try {
        return `done: ${String(await work())}`
      } catch (error) {
        return (error as Error).name
      }
    }
    return {
      require: typeof (globalThis as Record<string, unknown>)['require'],
      process: typeof (globalThis as Record<string, unknown>)['process'],
      remo: Object.keys((globalThis as unknown as { remo: object }).remo).sort(),
      // Later, in the page's own task: the policy does not apply to the inspector's evaluation.
      eval: await new Promise<string>((resolve) => setTimeout(() => resolve(attempt(() => (0, eval)('1 + 1'))), 0)),
      fetch: await attempt(() => fetch('https://127.0.0.1:1/')),
      open: await attempt(() => String(globalThis.open('https://example.org/'))),
      notifications: Notification.permission,
      media: await attempt(() => navigator.mediaDevices.getUserMedia({ audio: true })),
    }
  })
  expect(seen).toMatchObject({
    require: 'undefined',
    process: 'undefined',
    eval: 'EvalError',
    fetch: 'TypeError',
    open: 'done: null',
  })
  expect(seen.notifications).toBe('denied')
  expect(seen.media).not.toMatch(/^done/)
  expect(console.app.windows()).toHaveLength(1)
})

test('an injected inline script does not run, and a hostile link does not navigate', async ({ launch }) => {
  const console = await launch()
  const window = await console.window()
  const url = window.url()
  const ran = await window.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'globalThis.injected = true'
    document.body.append(script)
    return 'injected' in globalThis
  })
  expect(ran).toBe(false)
  const inside = <T>(script: string): Promise<T> =>
    console.app.evaluate(({ BrowserWindow }, code) => {
      return BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(code) as Promise<T>
    }, script)
  await inside("location.href = 'https://example.org/'; document.title")
  await inside(
    "document.body.append(Object.assign(document.createElement('a'), { href: 'file:///etc/passwd', id: 'bait' }))",
  )
  await inside("document.getElementById('bait').click()")
  expect(await inside<string>('location.href')).toBe(url)
  expect(await inside<boolean>("document.querySelector('nav') !== null")).toBe(true)
})

test('files outside the app are not served', async ({ launch }) => {
  const console = await launch()
  const window = await console.window()
  for (const path of [
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%5cpackage.json',
    '/%00',
    '/assets/../../main/index.cjs',
  ]) {
    const status = await window.evaluate((url) => fetch(url).then((response) => response.status), path)
    expect.soft(status, path).toBe(404)
  }
})

test('the process runs under seccomp if an ordinary user starts it', async ({ launch }) => {
  const console = await launch()
  await console.window()
  const sandboxed = await console.app.evaluate(({ app, BrowserWindow }) => {
    const pid = BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId()
    return app.getAppMetrics().find((metric) => metric.pid === pid)?.sandboxed ?? pid
  })
  // Linux does not report `sandboxed`, so the test reads it from the kernel.
  if (typeof sandboxed === 'number') {
    const { readFileSync } = await import('node:fs')
    expect(readFileSync(`/proc/${sandboxed}/status`, 'utf8')).toMatch(/^Seccomp:\s+2$/m)
  } else {
    expect(sandboxed).toBe(true)
  }
})

test('/metrics answers only this machine', async ({ launch }) => {
  const console = await launch()
  await console.window()
  await expect.poll(() => console.metric('remo_kafka_connected')).toBe(1)
  const { status } = await fetch(console.metricsUrl, { method: 'POST' })
  expect(status).toBe(405)
  const { request } = await import('node:http')
  const foreign = await new Promise<number | undefined>((resolve, reject) => {
    request(console.metricsUrl, { headers: { host: 'evil.example' } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
  expect(foreign).toBe(403)
})
