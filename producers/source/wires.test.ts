import { expect, test } from 'vitest'
import { isWire } from './wires.ts'

test.each(['eth0', 'ens5', 'enp3s0', 'eno1', 'wlan0', 'wlp2s0', 'bond0', 'br0', 'ib0', 'en0'])(
  '%s is a wire',
  (iface) => {
    expect(isWire(iface)).toBe(true)
  },
)

test.each(
  [
    'lo',
    'lo0',
    'docker0',
    'br-4f1c9a0b2d3e',
    'veth3a1b2c',
    'virbr0',
    'tun0',
    'tunl0',
    'tap0',
    'cni0',
    'flannel.1',
  ].concat([
    'cali12ab34cd5ef',
    'vxlan.calico',
    'cilium_host',
    'lxc1234',
    'weave',
    'kube-ipvs0',
    'nodelocaldns',
    'dummy0',
  ]),
)('%s is none: its traffic passes a wire too', (iface) => {
  expect(isWire(iface)).toBe(false)
})
