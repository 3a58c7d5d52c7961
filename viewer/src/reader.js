/** A file that is no model, or that is damaged. Its message is one sentence for the user. */
export class ModelError extends Error {
  name = 'ModelError';
}

/** Reads little endian numbers from the first byte on. Reading beyond the end is a ModelError. */
export class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
  }

  /** Returns the place of the next n bytes, and goes behind them. */
  skip(n) {
    const at = this.at;
    if (at + n > this.bytes.length) throw new ModelError('The model is cut short.');
    this.at += n;
    return at;
  }

  take(n) {
    const at = this.skip(n);
    return this.bytes.subarray(at, at + n);
  }

  u8() { return this.view.getUint8(this.skip(1)); }
  i16() { return this.view.getInt16(this.skip(2), true); }
  u16() { return this.view.getUint16(this.skip(2), true); }
  u32() { return this.view.getUint32(this.skip(4), true); }
  f32() { return this.view.getFloat32(this.skip(4), true); }
  f64() { return this.view.getFloat64(this.skip(8), true); }
  text(n) { return new TextDecoder().decode(this.take(n)); }
}
