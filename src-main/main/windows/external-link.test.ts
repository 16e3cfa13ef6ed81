import { expect, test } from 'vitest'
import { externalLink } from './page-security.ts'

test('documentation of the parts that ReMo stands on opens', () => {
  expect(externalLink('https://kafka.apache.org/documentation/#topicconfigs')).toBe(
    'https://kafka.apache.org/documentation/#topicconfigs',
  )
})

test.each([
  'http://kafka.apache.org/',
  'https://kafka.apache.org.evil.example/',
  'https://evil.example/?kafka.apache.org',
  'https://kafka.apache.org@evil.example/',
  'https://user:secret@kafka.apache.org/',
  'https://kafka.apache.org:8443/',
  'file:///etc/passwd',
  'smb://server/share',
  '\\\\server\\share',
  'javascript:alert(1)',
  'ms-msdt:/id PCWDiagnostic',
  'remo://alert/1',
  'vscode://file/etc/passwd',
  '',
  'https://',
])('%j does not open', (address) => {
  expect(externalLink(address)).toBeUndefined()
})
