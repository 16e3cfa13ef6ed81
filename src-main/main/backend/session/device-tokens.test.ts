import { expect, test } from 'vitest'
import { InMemorySecrets } from '../../secrets/in-memory-secrets.ts'
import { DeviceTokens } from './device-tokens.ts'

const secrets = new InMemorySecrets('A test.')
const tokens = new DeviceTokens({ url: 'http://backend', secrets })

test('each user of a backend has a token, whatever the case of the typed name', async () => {
  await tokens.save('Ada', 'token of ada')
  expect(await tokens.inputFor('ADA')).toEqual({ deviceToken: 'token of ada' })
  expect(await tokens.inputFor('grace')).toEqual({})
  expect(await new DeviceTokens({ url: 'http://other', secrets }).inputFor('ada')).toEqual({})
})

test('a backend that sends no token changes nothing', async () => {
  await tokens.save('ada', 'first')
  await tokens.save('ada', undefined)
  expect(await tokens.inputFor('ada')).toEqual({ deviceToken: 'first' })
})
