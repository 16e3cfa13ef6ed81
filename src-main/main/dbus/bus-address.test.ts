import { expect, test } from 'vitest'
import { sessionBusSockets, socketsOf, systemBusSockets } from './bus-address.ts'

test.for([
  ['unix:path=/run/user/1000/bus', ['/run/user/1000/bus']],
  ['unix:path=/tmp/dbus-x,guid=5f3a', ['/tmp/dbus-x']],
  ['unix:guid=5f3a,path=/tmp/a=b:c', ['/tmp/a=b:c']],
  ['unix:abstract=/tmp/dbus-x,guid=5f3a', ['\0/tmp/dbus-x']],
  ['unix:path=/tmp/with%20space%2cand%c3%a4', ['/tmp/with space,andä']],
  ['unix:path=/tmp/broken%zz', []],
  ['unix:runtime=yes', ['/run/user/7/bus']],
  ['tcp:host=localhost,port=1;unix:path=/a;unix:path=/b', ['/a', '/b']],
  ['autolaunch:', []],
  ['', []],
] as const)('the sockets of %s', ([address, sockets]) => {
  expect(socketsOf(address, '/run/user/7')).toEqual(sockets)
})

test('the session bus is where the environment says, otherwise in the runtime folder', () => {
  const env = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/a', XDG_RUNTIME_DIR: '/run/user/7' }
  expect(sessionBusSockets(env)).toEqual(['/a'])
  expect(sessionBusSockets({ XDG_RUNTIME_DIR: '/run/user/7' })).toEqual(['/run/user/7/bus'])
  expect(sessionBusSockets({ XDG_RUNTIME_DIR: 'relative' })).toEqual([])
  expect(sessionBusSockets({})).toEqual([])
})

test('the system bus has a fixed place', () => {
  expect(systemBusSockets({})).toEqual(['/run/dbus/system_bus_socket'])
  expect(systemBusSockets({ DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/b' })).toEqual(['/b'])
})
