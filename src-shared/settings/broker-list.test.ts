import { expect, test } from 'vitest'
import { parseBrokers } from './broker-list.ts'

test.each([
  ['kafka-1:9092', ['kafka-1:9092']],
  ['kafka-1:9092,kafka-2:9093', ['kafka-1:9092', 'kafka-2:9093']],
  [' kafka-1:9092 , kafka-2:9092,, ', ['kafka-1:9092', 'kafka-2:9092']],
  ['kafka-1:9092\nkafka-2:9092;kafka-3:9092', ['kafka-1:9092', 'kafka-2:9092', 'kafka-3:9092']],
  ['kafka-1:9092,kafka-1:9092', ['kafka-1:9092']],
  ['Kafka-1.Example.COM.:09092', ['kafka-1.example.com:9092']],
  ['10.0.0.1:9092', ['10.0.0.1:9092']],
  ['[::1]:9092', ['[::1]:9092']],
  ['[2001:DB8::A]:9092', ['[2001:db8::a]:9092']],
  ['[::ffff:10.0.0.1]:9092', ['[::ffff:10.0.0.1]:9092']],
  ['bücher.example:9092', ['xn--bcher-kva.example:9092']],
  ['my_broker:9092', ['my_broker:9092']],
])('%j is accepted', (text, brokers) => {
  expect(parseBrokers(text)).toEqual({ ok: true, brokers, notes: [] })
})

test.each([
  ['http://localhost:9092', 'localhost:9092', 'http://'],
  ['kafka://kafka-1:9092', 'kafka-1:9092', 'kafka://'],
  ['SASL_SSL://kafka-1:9093', 'kafka-1:9093', 'SASL_SSL://'],
  ['https://kafka-1:9093/topics?x=1', 'kafka-1:9093', 'https://'],
  ['kafka-1:9092/', 'kafka-1:9092', 'what follows the port'],
])('%s is understood, and a note says how', (text, broker, dropped) => {
  expect(parseBrokers(text)).toEqual({
    ok: true,
    brokers: [broker],
    notes: [`${text} is read as ${broker}: brokers are written without ${dropped}.`],
  })
})

test.each([
  ['', 'Enter at least one broker, such as kafka-1.example.com:9092.'],
  [' , ', 'Enter at least one broker, such as kafka-1.example.com:9092.'],
  ['kafka-1', 'kafka-1: the port is missing. Write kafka-1:9092, if Kafka listens on its usual port.'],
  ['kafka-1:', 'kafka-1:: the port is missing. Write kafka-1:9092, if Kafka listens on its usual port.'],
  [
    'http://localhost',
    'http://localhost: the port is missing. Write localhost:9092, if Kafka listens on its usual port.',
  ],
  ['::1', '::1: the port is missing. Write [::1]:9092, if Kafka listens on its usual port.'],
  [
    '2001:db8::1:9092',
    '2001:db8::1:9092: the port is missing. Write [2001:db8::1:9092]:9092, if Kafka listens on its usual port.',
  ],
  ['[::1]', '[::1]: the port is missing. Write [::1]:9092, if Kafka listens on its usual port.'],
  ['[:::1]:9092', '[:::1]:9092: :::1 is not an IPv6 address. Write it in brackets, such as [2001:db8::1]:9092.'],
  [':9092', ':9092: the host is missing. Write host:port, such as kafka-1.example.com:9092.'],
  ['kafka-1:0', 'kafka-1:0: 0 is not a port. Write a number from 1 to 65535 after kafka-1.'],
  ['kafka-1:70000', 'kafka-1:70000: 70000 is not a port. Write a number from 1 to 65535 after kafka-1.'],
  ['kafka-1:http', 'kafka-1:http: http is not a port. Write a number from 1 to 65535 after kafka-1.'],
  ['10.0.0:9092', '10.0.0:9092: 10.0.0 is not an IPv4 address. It has four numbers from 0 to 255.'],
  ['10.0.0.300:9092', '10.0.0.300:9092: 10.0.0.300 is not an IPv4 address. It has four numbers from 0 to 255.'],
  ['kafka!:9092', 'kafka!:9092: kafka! is not a host name. Use letters, digits, dashes and dots.'],
  [
    'kafka..example:9092',
    'kafka..example:9092: kafka..example is not a host name. Use letters, digits, dashes and dots.',
  ],
  [
    'remo:secret@kafka-1:9092',
    'A broker contains an @: leave out what precedes it. User and password have fields of their own.',
  ],
])('%j is refused in one sentence', (text, problem) => {
  expect(parseBrokers(text)).toEqual({ ok: false, problem })
})

test.each([
  ['münchen', 'xn--mnchen-3ya'],
  ['правда', 'xn--80aafi6cg'],
  ['faß', 'xn--fa-hia'], // kept as such since IDNA 2008
  ['ｋａｆｋａ', 'kafka'],
])('the international name %s becomes %s', (label, ascii) => {
  expect(parseBrokers(`${label}.example:9092`)).toMatchObject({ ok: true, brokers: [`${ascii}.example:9092`] })
})

test.each(['kafka-ü%41.example:9092', 'bücher\\x.example:9092', 'b\u00fc\u0000.example:9092'])(
  'a name with a character of URLs, such as %j, is no host name',
  (text) => {
    expect(parseBrokers(text)).toMatchObject({ ok: false })
  },
)
