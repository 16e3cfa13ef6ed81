/**
 * Loopback, and the bridges, tunnels and pairs of container engines, virtual machines and the networks of Kubernetes
 * (Flannel, Calico, Cilium, Weave): their traffic also passes a wire and would count twice.
 */
const notWires =
  /^(lo\d*$|docker|br-|veth|virbr|tun|tap|cni|flannel|cali|vxlan|cilium|lxc|weave|kube-|nodelocaldns|dummy)/

/** Whether traffic of this interface is traffic of the host. */
export function isWire(iface: string): boolean {
  return !notWires.test(iface)
}
