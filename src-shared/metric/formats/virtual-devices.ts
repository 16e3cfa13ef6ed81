/**
 * Interfaces whose traffic is seen a second time on another one, or never leaves the host: loopback, bridges, tunnels,
 * bonds, VLANs, and those of containers and virtual machines. On Linux, macOS and Windows.
 */
const virtualInterface =
  /^(?:all$|lo\d*$|bond|br-|br\d|bridge|cali|cbr|cilium|cni|docker|dummy|erspan|flannel|fwbr|fwln|fwpr|genev|gif\d|gre|gretap|ifb|ip6_?vti|ip6gre|ip6tnl|ip_vti|isatap|kube-|lxc|lxd|macvtap|mpqemu|nlmon|nodelocaldns|ovs|podman|sit\d|stf\d|tailscale|tap|team\d|teql|teredo|tun|utun|vcan|veth|vethernet|virbr|vmnet|vnet|vti|vxlan|wg\d|weave|zt)|loopback|pseudo-interface|\.\d+$|^vlan/i

/**
 * Devices whose bytes are counted a second time on another one: loop, RAM, mapper, RAID and optical devices, and
 * partitions.
 */
const virtualDisk =
  /^(?:\/dev\/)?(?:loop|ram|zram|dm-|mapper\/|md\d|sr\d|fd\d|bcache\d|drbd|nbd.*p\d+$|_total$|(?:sd|hd|vd|xvd)[a-z]+\d+$|nvme\d+n\d+p\d+$|nvme\d+c\d+n\d+$|mmcblk\d+(?:p\d+|boot\d|rpmb)$|disk\d+s\d+)/i

/** Whether sums over the interfaces of a host leave this one out. */
export function isVirtualInterface(name: string): boolean {
  return virtualInterface.test(name)
}

/** Whether sums over the disks of a host leave this device out. */
export function isVirtualDisk(name: string): boolean {
  return virtualDisk.test(name)
}
