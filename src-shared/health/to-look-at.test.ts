import { expect, test } from 'vitest'
import { anAlert, noneSilenced } from '../alert/alert-builders.ts'
import { toLookAt, unacknowledgedAlerts } from './to-look-at.ts'

const acknowledgement = { by: 'ada', at: 0, comment: '' }
const alert = (id: string, change: Parameters<typeof anAlert>[0] = {}) => anAlert({ id, nodeId: id, ...change })

test('what waits for somebody, and what nobody has looked at, each once', () => {
  const facts = {
    alerts: [
      alert('waits'),
      alert('acknowledged', { acknowledgement }),
      alert('expired', { acknowledgement: { ...acknowledgement, until: 500 } }),
      alert('offline', { kind: 'offline', metric: '', value: null }),
      alert('inhibited', { nodeId: 'offline' }),
      alert('silenced'),
    ],
    isSilenced: ({ id }: { id: string }) => id === 'silenced',
    unseenIds: ['waits', 'resolved since'],
  }
  expect(unacknowledgedAlerts(facts, 1000).map(({ id }) => id)).toEqual(['waits', 'expired', 'offline'])
  expect(toLookAt(facts, 1000)).toBe(4)
  expect(toLookAt({ alerts: [], isSilenced: noneSilenced, unseenIds: [] }, 1000)).toBe(0)
})
