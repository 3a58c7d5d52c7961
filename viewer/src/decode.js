import { crc32c } from './crc32c.js';
import { ModelError, Reader } from './reader.js';
import * as version1 from './version1.js';
import * as version2 from './version2.js';

// Each version of the format has a module. Its read gets a Reader behind the version number, over all bytes but the checksum.
const versions = { 1: version1.read, 2: version2.read };
const newest = Math.max(...Object.keys(versions).map(Number));

/**
 * Decodes a model file (.igsm). The format is described in docs/format.md of igs.
 * A file that cannot be decoded is a ModelError with one sentence.
 */
export function decode(data) {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  if (bytes.length < 4 || String.fromCharCode(...bytes.subarray(0, 4)) !== 'IGSM') throw new ModelError('This file is not a model of igs.');
  if (bytes.length < 10) throw new ModelError('The model is cut short.');
  const body = new Reader(bytes.subarray(0, -4));
  body.skip(4);
  const version = body.u16();
  const read = versions[version];
  if (!read) throw new ModelError(`The model has format version ${version}, and this page reads versions up to ${newest}: it needs a newer igs.`);
  const checksum = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4).getUint32(0, true);
  if (crc32c(body.bytes) !== checksum) throw new ModelError('The model is damaged or cut short: its checksum does not match.');
  return read(body, bytes.length);
}
