/** Bytes before the first structure in what `GetSystemFirmwareTable('RSMB')` gives (RawSMBIOSData). */
const RAW_HEADER_BYTES = 8;
const SYSTEM_INFORMATION = 1;
const END_OF_TABLE = 127;
const UUID_OFFSET = 8;

/**
 * The UUID of the machine from its SMBIOS table (DMTF DSP0134, structure type 1), in the usual spelling with
 * the first three fields little-endian. Null where the maker left it out (all zeros or all ones) or the table
 * is broken.
 */
export function systemUuid(raw: Uint8Array): string | null {
  const table = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  let offset = RAW_HEADER_BYTES;
  while (offset + 4 <= table.length) {
    const type = table.readUInt8(offset);
    const length = table.readUInt8(offset + 1);
    if (length < 4 || type === END_OF_TABLE) return null;
    if (type === SYSTEM_INFORMATION && length >= UUID_OFFSET + 16 && offset + length <= table.length) {
      return spellUuid(table.subarray(offset + UUID_OFFSET, offset + UUID_OFFSET + 16));
    }
    // The formatted part is followed by its strings, which end with two NUL bytes.
    const end = table.indexOf('\0\0', offset + length, 'latin1');
    if (end === -1) return null;
    offset = end + 2;
  }
  return null;
}

function spellUuid(bytes: Buffer): string | null {
  if (bytes.every((byte) => byte === 0x00) || bytes.every((byte) => byte === 0xff)) return null;
  const swapped = Buffer.from(bytes);
  swapped.subarray(0, 4).reverse();
  swapped.subarray(4, 6).reverse();
  swapped.subarray(6, 8).reverse();
  const hex = swapped.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
