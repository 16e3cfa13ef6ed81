import type { ConnectionItem, ConnectionsView, DraftConnection } from '#shared/ipc/connection-views.ts'
import type { AppInfo } from '#shared/ipc/contract.ts'
import { testStepIds, untriedSteps, type TestResult, type TestStep } from '#shared/settings/connection-test.ts'
import { connectionId, type Connection } from '#shared/settings/connection.ts'
import { aConnection, anItem, anUnsetItem, testSteps } from '../bridge/connection-builders.ts'
import { failureReply, okReply, type FakeBridge } from '../bridge/fake-bridge.ts'

export interface PreviewConnectionsOptions {
  /**
   * `environment`: variables describe the one in use. `fixed`: variables fix some fields of a saved one. `locked`: no
   * keychain, so the password is missing.
   */
  readonly connections: 'environment' | 'unset' | 'saved' | 'fixed' | 'locked' | 'demo'
}

const stepMs = 120
const invitationLink =
  'remo://connect?name=Production+Zurich&label=PROD&color=red&brokers=kafka-1.example.net%3A9093&protocol=SASL_SSL'

/** Connections of the simulated console. What a test finds depends on what is typed: see `outcomeOf`. */
export class PreviewConnections {
  readonly #kind: PreviewConnectionsOptions['connections']
  #items: readonly ConnectionItem[]
  #isStopped = false
  needsPassword: boolean

  constructor({ connections }: PreviewConnectionsOptions) {
    this.#kind = connections
    this.#items = itemsOf(connections)
    this.needsPassword = connections === 'locked'
  }

  get view(): ConnectionsView {
    return {
      items: [...this.#items],
      ...(this.#kind === 'locked' ? { keychainProblem: 'No working keychain found.' } : {}),
    }
  }

  get mark(): AppInfo['connection'] {
    const { connection, origin } = this.#inUse
    const { id, name, label, color } = connection
    return { id, name, label, color, origin, needsPassword: this.needsPassword }
  }

  get brokers(): string {
    return this.#inUse.connection.brokers.join(', ')
  }

  get #inUse(): ConnectionItem {
    return this.#items.find(({ inUse }) => inUse) ?? anUnsetItem()
  }

  replies(pushStep: (step: TestStep) => void): FakeBridge['replies'] {
    return {
      'connections.list': () => okReply(this.view),
      'connections.save': ({ draft, use }) => okReply(this.#save(draft, use)),
      'connections.remove': ({ id }) => {
        this.#items = this.#items.filter(({ connection }) => connection.id !== id)
        return okReply(this.view)
      },
      'connections.use': ({ id }) => {
        this.#items = this.#items.map((item) => ({ ...item, inUse: item.connection.id === id }))
        return okReply(this.view)
      },
      'connections.unlock': ({ password }) => {
        if (password === 'wrong') return failureReply('failed', 'Kafka refused the password for the user remo-console.')
        this.needsPassword = false
        return okReply(this.view)
      },
      'connections.test': async ({ draft }) => okReply(await this.#test(draft, pushStep)),
      'connections.stopTest': () => {
        this.#isStopped = true
        return okReply({})
      },
      ...pemReplies,
      'connections.invite': () => okReply({ link: invitationLink }),
      'connections.saveInvitation': () => okReply({ saved: true, path: '/home/anna/Production Zurich.remo' }),
      'connections.readInvitation': ({ text }) => readInvitation(text),
      'connections.chooseInvitation': () => okReply({ draft: invitation }),
      'demo.start': () => okReply({}),
      'demo.leave': () => okReply({}),
    }
  }

  #save(draft: DraftConnection, use: boolean): { readonly id: string; readonly view: ConnectionsView } {
    const { secrets, ...rest } = draft
    const id =
      draft.id ??
      connectionId(
        draft.name,
        this.#items.map(({ connection }) => connection.id),
      )
    const before = this.#items.find(({ connection }) => connection.id === id)
    const connection: Connection = { ...rest, id }
    const saved: ConnectionItem = {
      ...(before ?? anItem()),
      connection,
      inUse: use,
      hasPassword: secrets?.password !== undefined || before?.hasPassword === true,
    }
    const others = this.#items.filter((item) => item !== before && !(use && item.origin === 'unset'))
    this.#items = [...others.map((item) => (use ? { ...item, inUse: false } : item)), saved]
    return { id, view: this.view }
  }

  async #test(draft: DraftConnection, push: (step: TestStep) => void): Promise<TestResult> {
    this.#isStopped = false
    const result = outcomeOf(draft)
    const isSlow = draft.brokers.some((broker) => broker.startsWith('slow'))
    for (const step of result.steps) {
      if (step.state === 'not-tried') continue
      push({ ...step, state: 'running', text: 'Running…' })
      for (let waitedMs = 0; !this.#isStopped && (isSlow || waitedMs < stepMs); waitedMs += 20)
        await new Promise((resolve) => setTimeout(resolve, 20))
      if (this.#isStopped)
        return { state: 'failed', steps: testSteps({ names: { state: 'failed', text: 'Stopped.' } }) }
      push(step)
    }
    return result
  }
}

/**
 * - brokers with `internal`: a listener that this computer cannot resolve
 * - brokers with `wrong`: nothing is listening
 * - the password `wrong`: SASL is refused
 * - the user `no-rights`: rights are missing
 * - topics with `nothing`: a warning
 * - brokers that begin with `slow`: no step ends
 */
function outcomeOf(draft: DraftConnection): TestResult {
  const result = outcomeOfAll(draft)
  const unused = { tls: !draft.protocol.endsWith('SSL'), sasl: !draft.protocol.startsWith('SASL') }
  const before = untriedSteps(undefined)
  const steps = result.steps.map((step, i) => (unused[step.id as keyof typeof unused] ? (before[i] ?? step) : step))
  return { ...result, steps }
}

function outcomeOfAll(draft: DraftConnection): TestResult {
  const brokers = draft.brokers.join()
  if (brokers.includes('wrong'))
    return failed({
      tcp: {
        state: 'failed',
        ms: 4,
        text: `Nothing is listening on ${draft.brokers[0] ?? ''}. Check that Kafka is running and the address is right.`,
      },
    })
  if (draft.secrets?.password === 'wrong')
    return failed({
      sasl: {
        state: 'failed',
        ms: 22,
        text: `The broker refused the user ${draft.username}: wrong password or mechanism. It offers SCRAM-SHA-256 too.`,
      },
    })
  if (brokers.includes('internal'))
    return failed({
      listeners: {
        state: 'failed',
        ms: 2004,
        text: 'kafka-2 advertises kafka-2.internal:9092, which this computer cannot resolve. Ask for an external listener, or add the name to your hosts file.',
      },
    })
  if (draft.username === 'no-rights') return failed({ rights: missingRights })
  const limited = draft.topics.includes('nothing')
  const steps = described(
    draft,
    limited ? { topics: { state: 'warning', text: 'No topic matches yet. ReMo waits for one.' } } : {},
  )
  return { state: limited ? 'warning' : 'ok', steps }
}

const missingRights: Partial<TestStep> = {
  state: 'failed',
  ms: 61,
  text: 'The user no-rights may not read 3 topics. An administrator of Kafka can grant it with these commands.',
  commands: [
    'kafka-acls.sh --bootstrap-server kafka-1.example.net:9093 --add --allow-principal User:no-rights --operation Read --operation Describe --topic metrics- --resource-pattern-type prefixed',
    'kafka-acls.sh --bootstrap-server kafka-1.example.net:9093 --add --allow-principal User:no-rights --operation Read --group remo- --resource-pattern-type prefixed',
  ],
}

function failed(changes: Parameters<typeof testSteps>[0]): TestResult {
  const steps = testSteps(changes)
  const at = steps.find(({ state }) => state === 'failed')
  return { state: 'failed', steps, willNotWork: `ReMo cannot read this Kafka: ${at?.text ?? ''}` }
}

function described(draft: DraftConnection, changes: NonNullable<Parameters<typeof testSteps>[0]>): TestStep[] {
  const texts: Partial<Record<TestStep['id'], Partial<TestStep>>> = {
    names: { text: `${draft.brokers.length} brokers, 3 addresses.` },
    tls: {
      text: 'TLS 1.3. The certificate is valid for 97 more days.',
      certificates: [
        {
          subject: 'kafka.example.net',
          issuer: 'Example CA',
          validFrom: 1_760_000_000_000,
          validTo: 1_804_000_000_000,
        },
      ],
    },
    topics: { text: '48 topics match.' },
    messages: {
      text: 'metrics-node-1: node-1 with 4 metrics, 0.8 s ago.',
      messages: [
        { topic: 'metrics-node-1', kind: 'metrics', text: 'metrics-node-1: node-1 with 4 metrics, 0.8 s ago.' },
        { topic: 'metrics-node-2', kind: 'metrics', text: 'metrics-node-2: node-2 with 4 metrics, 1.1 s ago.' },
      ],
    },
  }
  const ids = testStepIds.map((id) => [id, { ...texts[id], ...changes[id] }] as const)
  return testSteps(Object.fromEntries(ids))
}

const pemReplies: FakeBridge['replies'] = {
  'connections.checkPem': ({ kind, source }) => {
    const text = 'file' in source ? source.file : source.text
    if (!/pem|BEGIN|crt|key/i.test(text))
      return okReply({ ok: false, problem: `${text} is not a PEM file. It begins with -----BEGIN.` })
    if (kind === 'key') return okReply({ ok: true })
    const until = 1_804_000_000_000
    return okReply({ ok: true, subject: 'Example CA', issuer: 'Example CA', until })
  },
  'connections.choosePem': ({ kind }) => okReply({ file: `/home/anna/${kind}.pem` }),
}

const { id: _id, ...invitation } = aConnection({ name: 'Lab Zürich', label: 'LAB', color: 'green', username: '' })

function readInvitation(text: string) {
  return text.startsWith('remo://connect')
    ? okReply(invitation)
    : failureReply('bad-request', 'This is not an invitation. A link starts with remo://connect.')
}

function itemsOf(kind: PreviewConnectionsOptions['connections']): readonly ConnectionItem[] {
  const production = anItem(
    {
      name: 'Production Zurich',
      brokers: [1, 2, 3].map((n) => `kafka-${n}.example.net:9093`),
      ca: { file: '/etc/remo/ca.pem' },
      backendUrl: 'https://remo.example.net',
    },
    { inUse: true, hasPassword: true, nodes: 48 },
  )
  const others = [
    anItem(
      { id: 'staging', name: 'Staging', label: 'STAGE', color: 'blue', brokers: ['stage-kafka.example.net:9093'] },
      { nodes: 12, hasPassword: true },
    ),
    anItem({
      ...{ id: 'my-laptop', name: 'My laptop', label: 'LAB', color: 'gray', brokers: ['localhost:9092'] },
      ...{ protocol: 'PLAINTEXT', username: '' },
    }),
  ]
  switch (kind) {
    case 'unset':
      return [anUnsetItem()]
    case 'saved':
      return [production, ...others]
    case 'locked':
      return [{ ...production, hasPassword: false }, ...others]
    case 'fixed': {
      const fixed = {
        topics: 'KAFKA_TOPIC_PATTERN',
        protocol: 'KAFKA_SECURITY_PROTOCOL',
        password: 'KAFKA_SASL_PASSWORD_FILE',
        ca: 'KAFKA_SSL_CA',
      }
      return [{ ...production, fixed }, ...others]
    }
    case 'demo': {
      const demo = { id: 'demo', name: 'Demo', label: 'DEMO', color: 'violet', protocol: 'PLAINTEXT' } as const
      return [anItem(demo, { origin: 'demo', inUse: true, nodes: 12 }), { ...production, inUse: false }]
    }
    case 'environment': {
      const environment = { id: 'environment', name: 'Environment', label: '', color: 'gray' } as const
      const local = { brokers: ['localhost:9092'], protocol: 'PLAINTEXT', username: '' } as const
      return [
        anItem(
          { ...environment, ...local, brokers: [...local.brokers] },
          {
            origin: 'environment',
            inUse: true,
            fixed: { brokers: 'KAFKA_BOOTSTRAP_SERVERS' },
          },
        ),
        ...others,
      ]
    }
  }
}
