import { BlockList, isIP } from 'node:net';

/**
 * What is not the internet: this machine, private and shared networks, link-local (a cloud's metadata), documentation,
 * multicast, and the ways of writing an IPv4 address in IPv6.
 */
const REFUSED = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  REFUSED.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  REFUSED.addSubnet(network, prefix, 'ipv6');
/** All of IPv6 that is given out as public. */
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether an IP address is one of the public internet; false for what is no address. */
export const isPublic = (ip: string): boolean => {
  switch (isIP(ip)) {
    case 4:
      return !REFUSED.check(ip, 'ipv4');
    case 6:
      return GLOBAL.check(ip, 'ipv6') && !REFUSED.check(ip, 'ipv6');
    default:
      return false;
  }
};

/** Whether an IP address is this machine's own. */
export const isLoopback = (ip: string): boolean => {
  const kind = isIP(ip);
  return kind !== 0 && LOOPBACK.check(ip, kind === 4 ? 'ipv4' : 'ipv6');
};
