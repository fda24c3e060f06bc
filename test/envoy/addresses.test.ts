import { buildDeniedRanges } from '../../lib/envoy/addresses';

/** Whether an IPv4 address is dropped, judged without the code under test. */
function denied(ranges: ReturnType<typeof buildDeniedRanges>, address: string): boolean {
  const number = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return ranges.some((range) => {
    const prefix = String(range['address_prefix']);
    if (prefix.includes(':')) return false;
    const size = 2 ** (32 - Number(range['prefix_len']));
    return Math.floor(number(prefix) / size) === Math.floor(number(address) / size);
  });
}

test('drops private, metadata and loopback addresses for a public upstream, and nothing public', () => {
  const ranges = buildDeniedRanges('public');
  for (const address of [
    '10.0.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '169.254.170.2',
    '100.64.0.1',
    '198.18.0.1',
    '240.0.0.1',
  ]) {
    expect([address, denied(ranges, address)]).toEqual([address, true]);
  }
  for (const address of ['1.1.1.1', '198.51.100.10', '172.32.0.1', '11.0.0.1']) {
    expect([address, denied(ranges, address)]).toEqual([address, false]);
  }
});

test('leaves only the listed blocks for an internal upstream, and loopback never', () => {
  const ranges = buildDeniedRanges(['10.1.0.0/16', '127.0.0.0/8']);
  expect(
    ['10.1.0.0', '10.1.255.255', '10.2.0.0', '10.0.255.255', '8.8.8.8', '127.0.0.1'].map((a) => denied(ranges, a)),
  ).toEqual([false, false, true, true, true, true]);
});

test('drops the metadata services of both clouds in IPv6 although the listed block holds them', () => {
  const prefixes = buildDeniedRanges(['fc00::/7']).map((range) => `${range['address_prefix']}/${range['prefix_len']}`);
  expect(prefixes).toEqual(expect.arrayContaining(['fd00:ec2::/32', 'fd20:ce::/32']));
});
