import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel, type KafkaConfig } from 'kafkajs'
import { type Kafka as Broker, startKafka } from '../../scripts/stack/servers/kafka-server.ts'
import { freePort } from '../../scripts/process/free-port.ts'
import { type Certificates, makeCertificates } from './certificates.ts'
import { eventually } from './field-producer.ts'
import { type ScramCredentials, putScramUser } from './scram-user.ts'

/** A real broker with one listener for each security setup of ReMo. */
export interface SecureBroker {
  /** Tests write through its plain listener. */
  readonly broker: Broker
  readonly certificates: Certificates
  /** `localhost:<port>`: the broker's certificate has this name. */
  readonly at: Readonly<Record<Listener, string>>
  /** User of the mechanism PLAIN. */
  readonly plainUser: ScramCredentials
  /** Creates a user for both SCRAM mechanisms. Resolves when the broker accepts its login. */
  putUser(login: ScramCredentials): Promise<void>
  end(): Promise<void>
}

const listeners = {
  tls: 'SSL',
  mutual: 'SSL',
  login: 'SASL_SSL',
  /** Login without TLS, with SCRAM-SHA-512 only. */
  open: 'SASL_PLAINTEXT',
} as const
type Listener = keyof typeof listeners

/**
 * After this time, in ms, the listener `login` closes connections that have not signed in again. kafkajs does so 10 s
 * before, and Kafka refuses it within a second of the last time.
 */
export const loginLifetimeMs = 12_000

/** All special characters of shells, properties files, JAAS, SCRAM and UTF-8. */
export const oddPassword = ` 'a' "b" \\c $d %e =f, ü€ 🔑#!`

export async function startSecureBroker(): Promise<SecureBroker> {
  const dir = mkdtempSync(join(tmpdir(), 'remo-secure-'))
  const certificates = await makeCertificates(dir)
  const plainUser = { username: 'plain', password: oddPassword }
  const [port, controllerPort, tls, mutual, login, open] = await Promise.all(Array.from({ length: 6 }, freePort))
  const ports = { tls, mutual, login, open } as Record<Listener, number>
  const folder = { dir: join(dir, 'kafka'), port: port ?? 0, controllerPort: controllerPort ?? 0 }
  const properties = propertiesOf({ ...folder, ports, certificates, plainUser })
  const broker = await startKafka({ ...folder, properties })
  const at = mapListeners((name) => `localhost:${ports[name]}`)
  return {
    broker,
    certificates,
    at,
    plainUser,
    putUser: async (user) => {
      await putScramUser(broker.bootstrap, user)
      await untilLetIn(at.open, user)
    },
    end: async () => {
      await broker.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

interface Secured {
  readonly port: number
  readonly controllerPort: number
  readonly ports: Readonly<Record<Listener, number>>
  readonly certificates: Certificates
  readonly plainUser: ScramCredentials
}

function propertiesOf({ port, controllerPort, ports, certificates, plainUser }: Secured): Record<string, string> {
  const plain = `PLAINTEXT://127.0.0.1:${port}`
  const names = Object.keys(listeners) as Listener[]
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  const listening = names.map((name) => `${name.toUpperCase()}://127.0.0.1:${ports[name]}`)
  const advertised = names.map((name) => `${name.toUpperCase()}://localhost:${ports[name]}`)
  const protocols = names.map((name) => `${name.toUpperCase()}:${listeners[name]}`)
  return {
    listeners: [plain, ...listening, `CONTROLLER://127.0.0.1:${controllerPort}`].join(),
    'advertised.listeners': [plain, ...advertised].join(),
    'listener.security.protocol.map': ['PLAINTEXT:PLAINTEXT', 'CONTROLLER:PLAINTEXT', ...protocols].join(),
    'inter.broker.listener.name': 'PLAINTEXT',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': certificates.keystore,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': certificates.ca,
    'listener.name.mutual.ssl.client.auth': 'required',
    'listener.name.login.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'listener.name.login.connections.max.reauth.ms': String(loginLifetimeMs),
    'listener.name.login.plain.sasl.jaas.config': propertyText(plainModule(plainUser)),
    'listener.name.login.scram-sha-256.sasl.jaas.config': scram,
    'listener.name.login.scram-sha-512.sasl.jaas.config': scram,
    'listener.name.open.sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.open.scram-sha-512.sasl.jaas.config': scram,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'allow.everyone.if.no.acl.found': 'true',
    'super.users': 'User:ANONYMOUS', // clients of the plain listener
  }
}

function plainModule({ username, password }: ScramCredentials): string {
  const quoted = `"${password.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  return `org.apache.kafka.common.security.plain.PlainLoginModule required user_${username}=${quoted};`
}

/** Escapes a value for a Java properties file: Latin-1, backslash escapes. */
function propertyText(text: string): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return text.replace(/[^\x20-\x5b\x5d-\x7e]/g, escaped)
}

function mapListeners(valueOf: (name: Listener) => string): Record<Listener, string> {
  const entries = (Object.keys(listeners) as Listener[]).map((name) => [name, valueOf(name)])
  return Object.fromEntries(entries) as Record<Listener, string>
}

/** The broker accepts a new user a moment after its response. */
async function untilLetIn(bootstrap: string, login: ScramCredentials): Promise<void> {
  const sasl = { mechanism: 'scram-sha-512', ...login } satisfies KafkaConfig['sasl']
  const admin = new Kafka({ brokers: [bootstrap], sasl, logLevel: logLevel.NOTHING }).admin()
  await eventually(() => admin.connect())
  await admin.disconnect()
}
