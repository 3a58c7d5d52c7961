/*
Made by build.mjs from src/. fzstd, which decompresses Zstandard, is in this file:
MIT License

Copyright (c) 2020 Arjun Barrett

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
*/

// src/crc32c.js
var table = new Uint32Array(256);
for (let n = 0; n < 256; n++) {
  let crc = n;
  for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (crc & 1 ? 2197175160 : 0);
  table[n] = crc;
}
function crc32c(bytes) {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]) & 255] ^ crc >>> 8;
  return ~crc >>> 0;
}

// src/reader.js
var ModelError = class extends Error {
  name = "ModelError";
};
var Reader = class {
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
  }
  /** Returns the place of the next n bytes, and goes behind them. */
  skip(n) {
    const at = this.at;
    if (at + n > this.bytes.length) throw new ModelError("The model is cut short.");
    this.at += n;
    return at;
  }
  take(n) {
    const at = this.skip(n);
    return this.bytes.subarray(at, at + n);
  }
  u8() {
    return this.view.getUint8(this.skip(1));
  }
  i16() {
    return this.view.getInt16(this.skip(2), true);
  }
  u16() {
    return this.view.getUint16(this.skip(2), true);
  }
  u32() {
    return this.view.getUint32(this.skip(4), true);
  }
  f32() {
    return this.view.getFloat32(this.skip(4), true);
  }
  f64() {
    return this.view.getFloat64(this.skip(8), true);
  }
  text(n) {
    return new TextDecoder().decode(this.take(n));
  }
};

// node_modules/fzstd/esm/index.mjs
var ab = ArrayBuffer;
var u8 = Uint8Array;
var u16 = Uint16Array;
var i16 = Int16Array;
var i32 = Int32Array;
var slc = function(v, s, e) {
  if (u8.prototype.slice)
    return u8.prototype.slice.call(v, s, e);
  if (s == null || s < 0)
    s = 0;
  if (e == null || e > v.length)
    e = v.length;
  var n = new u8(e - s);
  n.set(v.subarray(s, e));
  return n;
};
var fill = function(v, n, s, e) {
  if (u8.prototype.fill)
    return u8.prototype.fill.call(v, n, s, e);
  if (s == null || s < 0)
    s = 0;
  if (e == null || e > v.length)
    e = v.length;
  for (; s < e; ++s)
    v[s] = n;
  return v;
};
var cpw = function(v, t, s, e) {
  if (u8.prototype.copyWithin)
    return u8.prototype.copyWithin.call(v, t, s, e);
  if (s == null || s < 0)
    s = 0;
  if (e == null || e > v.length)
    e = v.length;
  while (s < e) {
    v[t++] = v[s++];
  }
};
var ec = [
  "invalid zstd data",
  "window size too large (>2046MB)",
  "invalid block type",
  "FSE accuracy too high",
  "match distance too far back",
  "unexpected EOF"
];
var err = function(ind, msg, nt) {
  var e = new Error(msg || ec[ind]);
  e.code = ind;
  if (Error.captureStackTrace)
    Error.captureStackTrace(e, err);
  if (!nt)
    throw e;
  return e;
};
var rb = function(d, b, n) {
  var i = 0, o = 0;
  for (; i < n; ++i)
    o |= d[b++] << (i << 3);
  return o;
};
var b4 = function(d, b) {
  return (d[b] | d[b + 1] << 8 | d[b + 2] << 16 | d[b + 3] << 24) >>> 0;
};
var rzfh = function(dat, w) {
  var n3 = dat[0] | dat[1] << 8 | dat[2] << 16;
  if (n3 == 3126568 && dat[3] == 253) {
    var flg = dat[4];
    var ss = flg >> 5 & 1, cc = flg >> 2 & 1, df = flg & 3, fcf = flg >> 6;
    if (flg & 8)
      err(0);
    var bt = 6 - ss;
    var db = df == 3 ? 4 : df;
    var di = rb(dat, bt, db);
    bt += db;
    var fsb = fcf ? 1 << fcf : ss;
    var fss = rb(dat, bt, fsb) + (fcf == 1 && 256);
    var ws = fss;
    if (!ss) {
      var wb = 1 << 10 + (dat[5] >> 3);
      ws = wb + (wb >> 3) * (dat[5] & 7);
    }
    if (ws > 2145386496)
      err(1);
    var buf = new u8((w == 1 ? fss || ws : w ? 0 : ws) + 12);
    buf[0] = 1, buf[4] = 4, buf[8] = 8;
    return {
      b: bt + fsb,
      y: 0,
      l: 0,
      d: di,
      w: w && w != 1 ? w : buf.subarray(12),
      e: ws,
      o: new i32(buf.buffer, 0, 3),
      u: fss,
      c: cc,
      m: Math.min(131072, ws)
    };
  } else if ((n3 >> 4 | dat[3] << 20) == 25481893) {
    return b4(dat, 4) + 8;
  }
  err(0);
};
var msb = function(val) {
  var bits = 0;
  for (; 1 << bits <= val; ++bits)
    ;
  return bits - 1;
};
var rfse = function(dat, bt, mal) {
  var tpos = (bt << 3) + 4;
  var al = (dat[bt] & 15) + 5;
  if (al > mal)
    err(3);
  var sz = 1 << al;
  var probs = sz, sym = -1, re = -1, i = -1, ht = sz;
  var buf = new ab(512 + (sz << 2));
  var freq = new i16(buf, 0, 256);
  var dstate = new u16(buf, 0, 256);
  var nstate = new u16(buf, 512, sz);
  var bb1 = 512 + (sz << 1);
  var syms = new u8(buf, bb1, sz);
  var nbits = new u8(buf, bb1 + sz);
  while (sym < 255 && probs > 0) {
    var bits = msb(probs + 1);
    var cbt = tpos >> 3;
    var msk = (1 << bits + 1) - 1;
    var val = (dat[cbt] | dat[cbt + 1] << 8 | dat[cbt + 2] << 16) >> (tpos & 7) & msk;
    var msk1fb = (1 << bits) - 1;
    var msv = msk - probs - 1;
    var sval = val & msk1fb;
    if (sval < msv)
      tpos += bits, val = sval;
    else {
      tpos += bits + 1;
      if (val > msk1fb)
        val -= msv;
    }
    freq[++sym] = --val;
    if (val == -1) {
      probs += val;
      syms[--ht] = sym;
    } else
      probs -= val;
    if (!val) {
      do {
        var rbt = tpos >> 3;
        re = (dat[rbt] | dat[rbt + 1] << 8) >> (tpos & 7) & 3;
        tpos += 2;
        sym += re;
      } while (re == 3);
    }
  }
  if (sym > 255 || probs)
    err(0);
  var sympos = 0;
  var sstep = (sz >> 1) + (sz >> 3) + 3;
  var smask = sz - 1;
  for (var s = 0; s <= sym; ++s) {
    var sf = freq[s];
    if (sf < 1) {
      dstate[s] = -sf;
      continue;
    }
    for (i = 0; i < sf; ++i) {
      syms[sympos] = s;
      do {
        sympos = sympos + sstep & smask;
      } while (sympos >= ht);
    }
  }
  if (sympos)
    err(0);
  for (i = 0; i < sz; ++i) {
    var ns = dstate[syms[i]]++;
    var nb = nbits[i] = al - msb(ns);
    nstate[i] = (ns << nb) - sz;
  }
  return [tpos + 7 >> 3, {
    b: al,
    s: syms,
    n: nbits,
    t: nstate
  }];
};
var rhu = function(dat, bt) {
  var i = 0, wc = -1;
  var buf = new u8(292), hb = dat[bt];
  var hw = buf.subarray(0, 256);
  var rc = buf.subarray(256, 268);
  var ri = new u16(buf.buffer, 268);
  if (hb < 128) {
    var _a = rfse(dat, bt + 1, 6), ebt = _a[0], fdt = _a[1];
    bt += hb;
    var epos = ebt << 3;
    var lb = dat[bt];
    if (!lb)
      err(0);
    var st1 = 0, st2 = 0, btr1 = fdt.b, btr2 = btr1;
    var fpos = (++bt << 3) - 8 + msb(lb);
    for (; ; ) {
      fpos -= btr1;
      if (fpos < epos)
        break;
      var cbt = fpos >> 3;
      st1 += (dat[cbt] | dat[cbt + 1] << 8) >> (fpos & 7) & (1 << btr1) - 1;
      hw[++wc] = fdt.s[st1];
      fpos -= btr2;
      if (fpos < epos)
        break;
      cbt = fpos >> 3;
      st2 += (dat[cbt] | dat[cbt + 1] << 8) >> (fpos & 7) & (1 << btr2) - 1;
      hw[++wc] = fdt.s[st2];
      btr1 = fdt.n[st1];
      st1 = fdt.t[st1];
      btr2 = fdt.n[st2];
      st2 = fdt.t[st2];
    }
    if (++wc > 255)
      err(0);
  } else {
    wc = hb - 127;
    for (; i < wc; i += 2) {
      var byte = dat[++bt];
      hw[i] = byte >> 4;
      hw[i + 1] = byte & 15;
    }
    ++bt;
  }
  var wes = 0;
  for (i = 0; i < wc; ++i) {
    var wt = hw[i];
    if (wt > 11)
      err(0);
    wes += wt && 1 << wt - 1;
  }
  var mb = msb(wes) + 1;
  var ts = 1 << mb;
  var rem = ts - wes;
  if (rem & rem - 1)
    err(0);
  hw[wc++] = msb(rem) + 1;
  for (i = 0; i < wc; ++i) {
    var wt = hw[i];
    ++rc[hw[i] = wt && mb + 1 - wt];
  }
  var hbuf = new u8(ts << 1);
  var syms = hbuf.subarray(0, ts), nb = hbuf.subarray(ts);
  ri[mb] = 0;
  for (i = mb; i > 0; --i) {
    var pv = ri[i];
    fill(nb, i, pv, ri[i - 1] = pv + rc[i] * (1 << mb - i));
  }
  if (ri[0] != ts)
    err(0);
  for (i = 0; i < wc; ++i) {
    var bits = hw[i];
    if (bits) {
      var code = ri[bits];
      fill(syms, i, code, ri[bits] = code + (1 << mb - bits));
    }
  }
  return [bt, {
    n: nb,
    b: mb,
    s: syms
  }];
};
var dllt = rfse(/* @__PURE__ */ new u8([
  81,
  16,
  99,
  140,
  49,
  198,
  24,
  99,
  12,
  33,
  196,
  24,
  99,
  102,
  102,
  134,
  70,
  146,
  4
]), 0, 6)[1];
var dmlt = rfse(/* @__PURE__ */ new u8([
  33,
  20,
  196,
  24,
  99,
  140,
  33,
  132,
  16,
  66,
  8,
  33,
  132,
  16,
  66,
  8,
  33,
  68,
  68,
  68,
  68,
  68,
  68,
  68,
  68,
  36,
  9
]), 0, 6)[1];
var doct = rfse(/* @__PURE__ */ new u8([
  32,
  132,
  16,
  66,
  102,
  70,
  68,
  68,
  68,
  68,
  36,
  73,
  2
]), 0, 5)[1];
var b2bl = function(b, s) {
  var len = b.length, bl = new i32(len);
  for (var i = 0; i < len; ++i) {
    bl[i] = s;
    s += 1 << b[i];
  }
  return bl;
};
var llb = /* @__PURE__ */ new u8((/* @__PURE__ */ new i32([
  0,
  0,
  0,
  0,
  16843009,
  50528770,
  134678020,
  202050057,
  269422093
])).buffer, 0, 36);
var llbl = /* @__PURE__ */ b2bl(llb, 0);
var mlb = /* @__PURE__ */ new u8((/* @__PURE__ */ new i32([
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  16843009,
  50528770,
  117769220,
  185207048,
  252579084,
  16
])).buffer, 0, 53);
var mlbl = /* @__PURE__ */ b2bl(mlb, 3);
var dhu = function(dat, out, hu) {
  var len = dat.length, ss = out.length, lb = dat[len - 1], msk = (1 << hu.b) - 1, eb = -hu.b;
  if (!lb)
    err(0);
  var st = 0, btr = hu.b, pos = (len << 3) - 8 + msb(lb) - btr, i = -1;
  for (; pos > eb && i < ss; ) {
    var cbt = pos >> 3;
    var val = (dat[cbt] | dat[cbt + 1] << 8 | dat[cbt + 2] << 16) >> (pos & 7);
    st = (st << btr | val) & msk;
    out[++i] = hu.s[st];
    pos -= btr = hu.n[st];
  }
  if (pos != eb || i + 1 != ss)
    err(0);
};
var dhu4 = function(dat, out, hu) {
  var bt = 6;
  var ss = out.length, sz1 = ss + 3 >> 2, sz2 = sz1 << 1, sz3 = sz1 + sz2;
  dhu(dat.subarray(bt, bt += dat[0] | dat[1] << 8), out.subarray(0, sz1), hu);
  dhu(dat.subarray(bt, bt += dat[2] | dat[3] << 8), out.subarray(sz1, sz2), hu);
  dhu(dat.subarray(bt, bt += dat[4] | dat[5] << 8), out.subarray(sz2, sz3), hu);
  dhu(dat.subarray(bt), out.subarray(sz3), hu);
};
var rzb = function(dat, st, out) {
  var _a;
  var bt = st.b;
  var b0 = dat[bt], btype = b0 >> 1 & 3;
  st.l = b0 & 1;
  var sz = b0 >> 3 | dat[bt + 1] << 5 | dat[bt + 2] << 13;
  var ebt = (bt += 3) + sz;
  if (btype == 1) {
    if (bt >= dat.length)
      return;
    st.b = bt + 1;
    if (out) {
      fill(out, dat[bt], st.y, st.y += sz);
      return out;
    }
    return fill(new u8(sz), dat[bt]);
  }
  if (ebt > dat.length)
    return;
  if (btype == 0) {
    st.b = ebt;
    if (out) {
      out.set(dat.subarray(bt, ebt), st.y);
      st.y += sz;
      return out;
    }
    return slc(dat, bt, ebt);
  }
  if (btype == 2) {
    var b3 = dat[bt], lbt = b3 & 3, sf = b3 >> 2 & 3;
    var lss = b3 >> 4, lcs = 0, s4 = 0;
    if (lbt < 2) {
      if (sf & 1)
        lss |= dat[++bt] << 4 | (sf & 2 && dat[++bt] << 12);
      else
        lss = b3 >> 3;
    } else {
      s4 = sf;
      if (sf < 2)
        lss |= (dat[++bt] & 63) << 4, lcs = dat[bt] >> 6 | dat[++bt] << 2;
      else if (sf == 2)
        lss |= dat[++bt] << 4 | (dat[++bt] & 3) << 12, lcs = dat[bt] >> 2 | dat[++bt] << 6;
      else
        lss |= dat[++bt] << 4 | (dat[++bt] & 63) << 12, lcs = dat[bt] >> 6 | dat[++bt] << 2 | dat[++bt] << 10;
    }
    ++bt;
    var buf = out ? out.subarray(st.y, st.y + st.m) : new u8(st.m);
    var spl = buf.length - lss;
    if (lbt == 0)
      buf.set(dat.subarray(bt, bt += lss), spl);
    else if (lbt == 1)
      fill(buf, dat[bt++], spl);
    else {
      var hu = st.h;
      if (lbt == 2) {
        var hud = rhu(dat, bt);
        lcs += bt - (bt = hud[0]);
        st.h = hu = hud[1];
      } else if (!hu)
        err(0);
      (s4 ? dhu4 : dhu)(dat.subarray(bt, bt += lcs), buf.subarray(spl), hu);
    }
    var ns = dat[bt++];
    if (ns) {
      if (ns == 255)
        ns = (dat[bt++] | dat[bt++] << 8) + 32512;
      else if (ns > 127)
        ns = ns - 128 << 8 | dat[bt++];
      var scm = dat[bt++];
      if (scm & 3)
        err(0);
      var dts = [dmlt, doct, dllt];
      for (var i = 2; i > -1; --i) {
        var md = scm >> (i << 1) + 2 & 3;
        if (md == 1) {
          var rbuf = new u8([0, 0, dat[bt++]]);
          dts[i] = {
            s: rbuf.subarray(2, 3),
            n: rbuf.subarray(0, 1),
            t: new u16(rbuf.buffer, 0, 1),
            b: 0
          };
        } else if (md == 2) {
          _a = rfse(dat, bt, 9 - (i & 1)), bt = _a[0], dts[i] = _a[1];
        } else if (md == 3) {
          if (!st.t)
            err(0);
          dts[i] = st.t[i];
        }
      }
      var _b = st.t = dts, mlt = _b[0], oct = _b[1], llt = _b[2];
      var lb = dat[ebt - 1];
      if (!lb)
        err(0);
      var spos = (ebt << 3) - 8 + msb(lb) - llt.b, cbt = spos >> 3, oubt = 0;
      var lst = (dat[cbt] | dat[cbt + 1] << 8) >> (spos & 7) & (1 << llt.b) - 1;
      cbt = (spos -= oct.b) >> 3;
      var ost = (dat[cbt] | dat[cbt + 1] << 8) >> (spos & 7) & (1 << oct.b) - 1;
      cbt = (spos -= mlt.b) >> 3;
      var mst = (dat[cbt] | dat[cbt + 1] << 8) >> (spos & 7) & (1 << mlt.b) - 1;
      for (++ns; --ns; ) {
        var llc = llt.s[lst];
        var lbtr = llt.n[lst];
        var mlc = mlt.s[mst];
        var mbtr = mlt.n[mst];
        var ofc = oct.s[ost];
        var obtr = oct.n[ost];
        cbt = (spos -= ofc) >> 3;
        var ofp = 1 << ofc;
        var off = ofp + ((dat[cbt] | dat[cbt + 1] << 8 | dat[cbt + 2] << 16 | dat[cbt + 3] << 24) >>> (spos & 7) & ofp - 1);
        cbt = (spos -= mlb[mlc]) >> 3;
        var ml = mlbl[mlc] + ((dat[cbt] | dat[cbt + 1] << 8 | dat[cbt + 2] << 16) >> (spos & 7) & (1 << mlb[mlc]) - 1);
        cbt = (spos -= llb[llc]) >> 3;
        var ll = llbl[llc] + ((dat[cbt] | dat[cbt + 1] << 8 | dat[cbt + 2] << 16) >> (spos & 7) & (1 << llb[llc]) - 1);
        cbt = (spos -= lbtr) >> 3;
        lst = llt.t[lst] + ((dat[cbt] | dat[cbt + 1] << 8) >> (spos & 7) & (1 << lbtr) - 1);
        cbt = (spos -= mbtr) >> 3;
        mst = mlt.t[mst] + ((dat[cbt] | dat[cbt + 1] << 8) >> (spos & 7) & (1 << mbtr) - 1);
        cbt = (spos -= obtr) >> 3;
        ost = oct.t[ost] + ((dat[cbt] | dat[cbt + 1] << 8) >> (spos & 7) & (1 << obtr) - 1);
        if (off > 3) {
          st.o[2] = st.o[1];
          st.o[1] = st.o[0];
          st.o[0] = off -= 3;
        } else {
          var idx = off - (ll != 0);
          if (idx) {
            off = idx == 3 ? st.o[0] - 1 : st.o[idx];
            if (idx > 1)
              st.o[2] = st.o[1];
            st.o[1] = st.o[0];
            st.o[0] = off;
          } else
            off = st.o[0];
        }
        for (var i = 0; i < ll; ++i) {
          buf[oubt + i] = buf[spl + i];
        }
        oubt += ll, spl += ll;
        var stin = oubt - off;
        if (stin < 0) {
          var len = -stin;
          var bs = st.e + stin;
          if (len > ml)
            len = ml;
          for (var i = 0; i < len; ++i) {
            buf[oubt + i] = st.w[bs + i];
          }
          oubt += len, ml -= len, stin = 0;
        }
        for (var i = 0; i < ml; ++i) {
          buf[oubt + i] = buf[stin + i];
        }
        oubt += ml;
      }
      if (oubt != spl) {
        while (spl < buf.length) {
          buf[oubt++] = buf[spl++];
        }
      } else
        oubt = buf.length;
      if (out)
        st.y += oubt;
      else
        buf = slc(buf, 0, oubt);
    } else if (out) {
      st.y += lss;
      if (spl) {
        for (var i = 0; i < lss; ++i) {
          buf[i] = buf[spl + i];
        }
      }
    } else if (spl)
      buf = slc(buf, spl);
    st.b = ebt;
    return buf;
  }
  err(2);
};
var cct = function(bufs, ol) {
  if (bufs.length == 1)
    return bufs[0];
  var buf = new u8(ol);
  for (var i = 0, b = 0; i < bufs.length; ++i) {
    var chk = bufs[i];
    buf.set(chk, b);
    b += chk.length;
  }
  return buf;
};
var Decompress = /* @__PURE__ */ (function() {
  function Decompress2(ondata) {
    this.ondata = ondata;
    this.c = [];
    this.l = 0;
    this.z = 0;
  }
  Decompress2.prototype.push = function(chunk, final) {
    if (typeof this.s == "number") {
      var sub = Math.min(chunk.length, this.s);
      chunk = chunk.subarray(sub);
      this.s -= sub;
    }
    var sl = chunk.length;
    var ncs = sl + this.l;
    if (!this.s) {
      if (final) {
        if (!ncs) {
          this.ondata(new u8(0), true);
          return;
        }
        if (ncs < 5)
          err(5);
      } else if (ncs < 18) {
        this.c.push(chunk);
        this.l = ncs;
        return;
      }
      if (this.l) {
        this.c.push(chunk);
        chunk = cct(this.c, ncs);
        this.c = [];
        this.l = 0;
      }
      if (typeof (this.s = rzfh(chunk)) == "number")
        return this.push(chunk, final);
    }
    if (typeof this.s != "number") {
      if (ncs < (this.z || 3)) {
        if (final)
          err(5);
        this.c.push(chunk);
        this.l = ncs;
        return;
      }
      if (this.l) {
        this.c.push(chunk);
        chunk = cct(this.c, ncs);
        this.c = [];
        this.l = 0;
      }
      if (!this.z && ncs < (this.z = chunk[this.s.b] & 2 ? 4 : 3 + (chunk[this.s.b] >> 3 | chunk[this.s.b + 1] << 5 | chunk[this.s.b + 2] << 13))) {
        if (final)
          err(5);
        this.c.push(chunk);
        this.l = ncs;
        return;
      } else
        this.z = 0;
      for (; ; ) {
        var blk = rzb(chunk, this.s);
        if (!blk) {
          if (final)
            err(5);
          var adc = chunk.subarray(this.s.b);
          this.s.b = 0;
          this.c.push(adc), this.l += adc.length;
          return;
        } else {
          this.ondata(blk, false);
          cpw(this.s.w, 0, blk.length);
          this.s.w.set(blk, this.s.w.length - blk.length);
        }
        if (this.s.l) {
          var rest = chunk.subarray(this.s.b);
          this.s = this.s.c * 4;
          this.push(rest, final);
          return;
        }
      }
    } else if (final)
      err(5);
  };
  return Decompress2;
})();

// src/header.js
var damaged = (what) => new ModelError(`The model is damaged: ${what}.`);
function addLayer(model, { name, channels: stored, depth, low, high }) {
  const channels = stored & 127, alpha = stored > 127;
  if (alpha && channels !== 2 && channels !== 4) throw damaged(`a layer with alpha has ${channels} channels`);
  if (channels < 1 || !Number.isFinite(low) || !Number.isFinite(high) || low >= high) throw damaged("a layer has no channels or no range");
  model.layers.push({ name, channels, alpha, depth, low, high, first: model.channels });
  model.channels += channels;
}
function checkHeader({ width, height, topK, gamma, channels, count }, bytes, size) {
  const between = (v, low, high) => v >= low && v <= high;
  if (!between(width, 1, 65535) || !between(height, 1, 65535)) throw damaged(`it claims a picture of ${width} \xD7 ${height} px`);
  if (!between(topK, 1, 32)) throw damaged(`it claims ${topK} splats a pixel`);
  if (!(gamma > 0 && Number.isFinite(gamma))) throw damaged("it has no gamma");
  if (!between(channels, 1, 12)) throw damaged(`it claims ${channels} channels`);
  if (bytes > 48 * 2 ** 20 + 12 * size) throw damaged(`it claims ${count} splats`);
}

// src/parameters.js
var f = Math.fround;
var word = new Uint32Array(1);
var float = new Float32Array(word.buffer);
var bitsOf = (v) => {
  float[0] = v;
  return word[0];
};
var floatOf = (bits) => {
  word[0] = bits;
  return float[0];
};
var isExact = (bits) => bits >= 23;
function parameters(kind, numbers2, bits, range) {
  const n = numbers2.length, out = new Float32Array(n);
  if (isExact(bits)) {
    const words = new Uint32Array(out.buffer);
    for (let i = 0; i < n; i++) words[i] = numbers2[i] >>> 31 ? numbers2[i] & 2147483647 : ~numbers2[i];
  } else if (kind === "rot") {
    const unit = f(Math.PI / 2 ** bits);
    for (let i = 0; i < n; i++) out[i] = f(numbers2[i]) * unit;
  } else {
    spread(out, numbers2, 2 ** bits - 1, range);
    if (kind !== "xy") expand(out, kind === "scale" ? 0.125 : 0.5, kind === "scale" ? 0 : 0.5, range);
  }
  return finite(out);
}
function finite(plane2) {
  if (!plane2.every(Number.isFinite)) throw damaged("a parameter is not finite");
  return plane2;
}
function spread(out, numbers2, top, [low, high]) {
  if (!Number.isFinite(low) || !Number.isFinite(high) || low > high) throw damaged("a plane has no range");
  const share = f(1 / top), step = f(f(high * share) - f(low * share));
  for (let i = 0; i < numbers2.length; i++) out[i] = (numbers2[i] === top ? high : f(low + f(f(numbers2[i]) * step))) + 0;
}
function expand(out, offset, middle, [low, high]) {
  if (low < -(2 ** 24) || high > 2 ** 24) throw damaged("the range of a plane is too wide");
  const finest = bitsOf(offset) + 64 >>> 7, most = 2 ** 24 - 2 ** 16 - 1;
  for (let i = 0; i < out.length; i++) {
    const u = out[i], far = Math.min(nearestEven(Math.abs(u)) + finest, most);
    const v = f(floatOf(far * 128) - offset);
    out[i] = u >= 0 ? middle + v : middle - v;
  }
}
function nearestEven(v) {
  const r = Math.round(v);
  return r - v === 0.5 && r % 2 === 1 ? r - 1 : r;
}

// src/version1.js
function read(r, size) {
  const { model, bits } = readHeader(r, size), n = model.count;
  const kinds = ["xy", "xy", "scale", "scale", "rot", ...Array(model.channels).fill("feat")];
  const width = (kind) => isExact(bits[kind]) ? 32 : bits[kind];
  const ranges = kinds.map((kind) => isExact(bits[kind]) || kind === "rot" ? null : [r.f32(), r.f32()]);
  const lengths = (b) => Array.from({ length: Math.ceil(b / 8) }, () => r.u32());
  const table2 = [{ way: 1, sections: lengths(2 * width("xy")) }];
  for (const kind of kinds.slice(2)) table2.push({ way: r.u8(), sections: lengths(width(kind)) });
  const [x, y] = positions(r, n, table2[0].sections, width("xy"));
  const numbers2 = [x, y];
  let before = new Uint32Array(n);
  kinds.slice(2).forEach((kind, i) => {
    before = plane(r, n, table2[i + 1], width(kind), before);
    numbers2.push(before);
  });
  if (r.at !== r.bytes.length) throw damaged("bytes are left over");
  const planes2 = numbers2.map((v, i) => parameters(kinds[i], v, bits[kinds[i]], ranges[i]));
  [model.x, model.y, model.t1, model.t2, model.angle, ...model.features] = planes2;
  return model;
}
function readHeader(r, size) {
  const layers = r.u8(), topK = r.u8();
  const bits = { xy: r.u8(), scale: r.u8(), rot: r.u8(), feat: r.u8() };
  const width = r.u32(), height = r.u32(), count = r.u32(), gamma = r.f64();
  const recipeBytes = r.u8(), igsBytes = r.u8();
  const model = { width, height, topK, gamma, count, channels: 0, recipe: r.text(recipeBytes), igs: r.text(igsBytes), layers: [] };
  for (let i = 0; i < layers; i++) {
    const channels = r.u8(), depth = r.u8(), low = r.f32(), high = r.f32(), name = r.text(r.u8());
    addLayer(model, { name, channels, depth, low, high });
  }
  checkHeader(model, count * (4 * (5 + model.channels) + 17), size);
  if (Object.values(bits).some((b) => b < 4 || b > 32)) throw damaged("the bits of its parameters are unknown");
  return { model, bits };
}
function section(r, n, length) {
  if (length > n) throw damaged("a section is too long");
  const stored = r.take(length);
  return length === n ? stored : decompressed(stored, n);
}
function decompressed(frame, n) {
  const bytes = new Uint8Array(n);
  let at = 0;
  try {
    new Decompress((part) => {
      bytes.set(part, at);
      at += part.length;
    }).push(frame, true);
  } catch {
    at = -1;
  }
  if (at !== n) throw damaged("a section does not decompress");
  return bytes;
}
function positions(r, n, sections, bits) {
  const low = new Uint32Array(n), high = new Uint32Array(n);
  sections.forEach((length, place2) => {
    const bytes = section(r, n, length), half = place2 < 4 ? low : high, shift = 8 * (place2 % 4);
    for (let i = 0; i < n; i++) half[i] |= bytes[i] << shift;
  });
  for (let i = 1; i < n; i++) {
    low[i] += low[i - 1];
    high[i] += high[i - 1] + (low[i] < low[i - 1] ? 1 : 0);
  }
  const x = new Uint32Array(n), y = new Uint32Array(n), mask = bits === 32 ? 4294967295 : 2 ** bits - 1;
  for (let i = 0; i < n; i++) {
    x[i] = (evenBits(low[i]) | evenBits(high[i]) << 16) & mask;
    y[i] = (evenBits(low[i] >>> 1) | evenBits(high[i] >>> 1) << 16) & mask;
  }
  return [x, y];
}
function evenBits(v) {
  v &= 1431655765;
  v = (v | v >>> 1) & 858993459;
  v = (v | v >>> 2) & 252645135;
  v = (v | v >>> 4) & 16711935;
  return (v | v >>> 8) & 65535;
}
function plane(r, n, { way, sections }, bits, before) {
  const numbers2 = new Uint32Array(n);
  sections.forEach((length, place2) => {
    const bytes = section(r, n, length);
    for (let i = 0; i < n; i++) numbers2[i] |= bytes[i] << 8 * place2;
  });
  if (way > 2) throw damaged("a plane is written in an unknown way");
  const mask = bits === 32 ? 4294967295 : 2 ** bits - 1;
  for (let i = 0; i < n; i++) {
    if (way === 1 && i > 0) numbers2[i] += numbers2[i - 1];
    if (way === 2) numbers2[i] += before[i];
    numbers2[i] &= mask;
  }
  return numbers2;
}

// src/rangecoder.js
var ONE = 2 ** 24;
var Chances = class {
  constructor(n) {
    this.p = new Int32Array(n).fill(ONE / 2);
    this.seen = new Uint8Array(n);
  }
};
var RangeDecoder = class {
  constructor(code) {
    this.code = code;
    this.at = 0;
    this.width = 2 ** 32 - 1;
    this.value = 0;
    for (let i = 0; i < 4; i++) this.value = this.value * 256 + this.byte();
  }
  byte() {
    return this.at < this.code.length ? this.code[this.at++] : 0;
  }
  /** A bit that is 1 with probability p / 2^16. */
  bit(p) {
    const part = (this.width >>> 16) * p;
    let one = 0;
    if (this.value < part) {
      this.width = part;
      one = 1;
    } else {
      this.value -= part;
      this.width -= part;
    }
    while (this.width < ONE) {
      this.width *= 256;
      this.value = this.value * 256 + this.byte();
    }
    return one;
  }
  /** A bit by chance k, which learns from it. */
  adaptive({ p, seen }, k) {
    const one = this.bit(Math.min(Math.max(p[k] >> 8, 32), 2 ** 16 - 32));
    if (one) p[k] += Math.floor((ONE - p[k]) / (seen[k] + 3));
    else p[k] -= Math.floor(p[k] / (seen[k] + 3));
    if (seen[k] < 255) seen[k]++;
    return one;
  }
};
var LONGEST = 25;
var Differences = class {
  constructor(coder, contexts) {
    this.coder = coder;
    this.zero = new Chances(contexts);
    this.sign = new Chances(contexts);
    this.longer = new Chances(contexts * LONGEST);
    this.mantissa = new Chances(LONGEST * 8);
  }
  next(context) {
    const { coder } = this;
    if (coder.adaptive(this.zero, context)) return 0;
    const negative = coder.adaptive(this.sign, context);
    let length = 0, v = 1;
    while (length < LONGEST && coder.adaptive(this.longer, context * LONGEST + length)) length++;
    for (let j = 0; j < length; j++) v = 2 * v + (j < 3 ? coder.adaptive(this.mantissa, (length - j - 1) * 8 + v) : coder.bit(2 ** 15));
    return negative ? -v : v;
  }
};

// src/attributes.js
var { floor, sqrt, min, max, abs } = Math;
var isqrt = (v) => floor(sqrt(v));
var limit = (v, low, high) => min(max(v, low), high);
var shifted = (v, n) => floor(v / 2 ** n);
var EXP2 = Array.from({ length: 64 }, (_, i) => floor(4096 * 2 ** (i / 64) + 0.5));
var COS = Array.from({ length: 256 }, (_, i) => floor(4096 * Math.cos(2 * Math.PI * i / 256) + 0.5));
var ATAN = Array.from({ length: 129 }, (_, i) => floor(512 / Math.PI * Math.atan(i / 128) + 0.5));
var WINDOW = 512;
var MOST = 6;
function reached(v, limits) {
  let n = 0;
  while (n < limits.length && v >= limits[n]) n++;
  return n;
}
var energy = (v) => reached(v, [8, 16, 27, 42, 64, 104, 176, 320]);
function angles(size, aspect, step) {
  if (aspect === 0) return 1;
  const octaves = floor(277 * aspect / size);
  const ratio = min(EXP2[octaves % 64] * 2 ** min(floor(octaves / 64), 19), 2 ** 20);
  const stretch = max(ratio - floor(2 ** 24 / ratio), 1229);
  return min(1 + shifted(min(size * stretch, 2 ** 30) * step, 28), 65535);
}
var colourStep = (size, step) => max(1, min(floor(2 ** 20 * step / (size * isqrt(2 ** 16 * isqrt(2 ** 32 * size)))), 2 ** 28));
function cbrt(v) {
  let root = 0;
  for (let k = 15; k >= 0; k--) if ((root + 2 ** k) ** 3 <= v) root += 2 ** k;
  return root;
}
function direction(x, y) {
  if (x === 0 && y === 0) return 0;
  const a = abs(x), b = abs(y);
  let v = ATAN[floor(128 * min(a, b) / max(a, b))];
  if (b > a) v = 256 - v;
  if (x < 0) v = 512 - v;
  return (y < 0 ? 1024 - v : v) % 1024;
}
var Neighbours = class {
  at = new Int32Array(MOST);
  weight = new Float64Array(MOST);
  sharp = new Float64Array(MOST);
  before = new Float64Array(MOST);
  // squared distances
  all = new Float64Array(5);
  constructor(x, y, step) {
    Object.assign(this, { x, y, step });
  }
  find(i) {
    const { x, y, at, before, all } = this, n = x.length, last = min(n - 1, i + WINDOW);
    let count = 0, seen = 0;
    for (let step = -1, j = i - 1; ; j += step) {
      if (step < 0 && (j < 0 || j < i - WINDOW)) {
        step = 1;
        j = i + 1;
      }
      if (step > 0 && j > last) break;
      const dx = x[i] - x[j], dy = y[i] - y[j], d = dx * dx + dy * dy;
      if (seen < 5 || d < all[4]) {
        let k = min(seen, 4);
        for (; k > 0 && all[k - 1] > d; k--) all[k] = all[k - 1];
        all[k] = d;
        seen++;
      }
      if (step < 0 && (count < MOST || d < before[MOST - 1])) {
        let k = min(count, MOST - 1);
        count = min(count + 1, MOST);
        for (; k > 0 && before[k - 1] > d; k--) {
          before[k] = before[k - 1];
          at[k] = at[k - 1];
        }
        before[k] = d;
        at[k] = j;
      }
    }
    this.count = count;
    this.weights = this.sharps = this.spacing = 0;
    for (let k = 0; k < count; k++) {
      const e = this.pixels(before[k]);
      this.weights += this.weight[k] = 1 + floor(2 ** 15 / isqrt(e * e + 128));
      this.sharps += this.sharp[k] = 1 + shifted(this.weight[k] ** 2, 10);
    }
    for (const k of [2, 4]) if (k < seen) this.spacing += cbrt(2 ** 16 * min(this.pixels(all[k]), 2 ** 14) ** 2);
  }
  /** A distance in 1/16 px from its square in levels. */
  pixels(d) {
    return min(shifted(isqrt(2 ** 8 * min(d, 2 ** 42)) * this.step, 20), 2 ** 20);
  }
  /** The weighted mean of the values of the neighbours. */
  mean(values, none = 0) {
    if (this.count === 0) return none;
    let sum = 0;
    for (let k = 0; k < this.count; k++) sum += this.weight[k] * values[this.at[k]];
    return floor(sum / this.weights);
  }
  /** The same with weights that prefer the nearest. */
  sharpMean(values) {
    if (this.count === 0) return 0;
    let sum = 0;
    for (let k = 0; k < this.count; k++) sum += this.sharp[k] * values[this.at[k]];
    return floor(sum / this.sharps);
  }
  /** The mean of how far values are from their mean. */
  spread(values, base) {
    if (this.count === 0) return 0;
    let sum = 0;
    for (let k = 0; k < this.count; k++) sum += this.weight[k] * abs(values[this.at[k]] - base);
    return floor(sum / this.weights);
  }
};
function attributes(coder, { x, y, steps, middle, rules, channels }) {
  const n = x.length, numbers2 = () => new Float64Array(n), planes2 = () => Array.from({ length: channels }, numbers2);
  const out = { size: numbers2(), aspect: numbers2(), angle: numbers2(), colour: planes2() };
  const sizes = numbers2(), sizeError = numbers2(), stretch = numbers2(), turn = numbers2(), value = planes2(), error = planes2();
  const ofSize = new Differences(coder, 9), ofAspect = new Differences(coder, 8), ofAngle = new Differences(coder, 40);
  const ofColour = Array.from({ length: channels }, () => new Differences(coder, 27));
  const near = new Neighbours(x, y, steps.position);
  for (let i = 0; i < n; i++) {
    near.find(i);
    const s = sizeOf(i), large = reached(floor(64 * s / middle), [20, 28, 39, 54, 76, 106, 147]);
    aspectOf(i, s, large);
    angleOf(i, s);
    colourOf(i, s, large);
  }
  return out;
  function sizeOf(i) {
    const m = near.mean(sizes, 16 * middle);
    const predicted = limit(shifted(rules[0] + shifted(rules[1] * m + shifted(rules[2] * near.spacing, 3), 8) + 8, 4), 1, 65535);
    const d = ofSize.next(energy(shifted(13 * near.mean(sizeError), 4)));
    const s = limit(predicted + d, 1, 65535);
    out.size[i] = s;
    sizes[i] = 16 * s;
    sizeError[i] = 16 * abs(d);
    return s;
  }
  function aspectOf(i, s, large) {
    const m = near.mean(stretch, 4096);
    const predicted = min(floor(max((rules[3] + shifted(rules[4] * m, 8)) * s + 6144, 0) / 12288), 2 ** 20);
    out.aspect[i] = limit(predicted + ofAspect.next(large), 0, 2 ** 20);
    stretch[i] = floor(12288 * out.aspect[i] / s);
  }
  function angleOf(i, s) {
    const levels = angles(s, out.aspect[i], steps.angle);
    let u = 0, v = 0, sum = 0;
    for (let k = 0; k < near.count; k++) {
      const j = near.at[k], w = near.weight[k] * min(stretch[j], 8192);
      u += w * COS[turn[j]];
      v += w * COS[(turn[j] + 192) % 256];
      sum += w;
    }
    let angle = shifted(direction(u, v) * levels + 512, 10);
    if (levels > 1) {
      const coherence = floor(2 ** 10 * isqrt(shifted(u, 16) ** 2 + shifted(v, 16) ** 2) / max(shifted(sum, 4), 1));
      angle += ofAngle.next(5 * reached(levels, [4, 7, 12, 20, 36, 64, 128]) + reached(coherence, [358, 614, 819, 942]));
    }
    out.angle[i] = (angle % levels + levels) % levels;
    turn[i] = floor(256 * out.angle[i] / levels);
  }
  function colourOf(i, s, large) {
    const step = colourStep(s, steps.colour);
    let previous = 0;
    for (let c = 0; c < channels; c++) {
      const base = near.mean(value[c]), nearer = near.sharpMean(value[c]) - base, [c0, c1, c2] = rules.slice(5 + 3 * c, 8 + 3 * c);
      const predicted = limit(floor((2 * (2 ** 12 * c0 + shifted(c1 * base + c2 * nearer, 8)) + step) / (2 * step)), -(2 ** 20), 2 ** 20);
      const e = near.mean(error[c]), u = near.spread(value[c], base);
      const scale = c === 0 ? floor((10 * e + 8 * u) / step) : floor((9 * e + 5 * u) / step) + 2 * previous;
      const d = ofColour[c].next(3 * energy(scale) + reached(large, [3, 5]));
      const level = limit(predicted + d, -(2 ** 20), 2 ** 20);
      out.colour[c][i] = level;
      value[c][i] = limit(level * step, -(2 ** 34), 2 ** 34);
      previous = abs(d);
      error[c][i] = min(previous * step, 2 ** 34);
    }
  }
}

// src/places.js
var Counts = class {
  shares = new Chances(16);
  small = /* @__PURE__ */ new Map();
  constructor(coder) {
    this.coder = coder;
  }
  next(m, area) {
    const { coder } = this;
    if (m === 1) return coder.bit(2 ** 15);
    if (m < 15) {
      const chances = this.chances(m, area);
      for (let k = 0; k < m; k++) if (coder.adaptive(chances, k)) return k;
      return m;
    }
    let node = 1;
    for (let i = 0; i < 4; i++) node = 2 * node + coder.adaptive(this.shares, node);
    let low = Math.ceil((node - 16) * (m + 1) / 16), size = Math.ceil((node - 15) * (m + 1) / 16) - low;
    while (size > 1) {
      const upper = Math.floor(size / 2);
      if (coder.bit(Math.floor(2 ** 16 * upper / size))) {
        low += size - upper;
        size = upper;
      } else size -= upper;
    }
    return low;
  }
  /** Counts near the half are the most probable at first. */
  chances(m, area) {
    const key = m * 64 + area;
    let made = this.small.get(key);
    if (!made) {
      this.small.set(key, made = new Chances(m));
      made.seen.fill(10);
      let rest = 0;
      for (let k = m; k >= 0; k--) {
        const weight = (k + 1) * (k + 2) * (m - k + 1) * (m - k + 2);
        rest += weight;
        if (k < m) made.p[k] = Math.floor(2 ** 24 * weight / rest);
      }
    }
    return made;
  }
};
function places(coder, n, highest) {
  const counts = new Counts(coder), out = [new Int32Array(n), new Int32Array(n)];
  const at = [0, 0], bits = [0, 0].fill(32 - Math.clz32(Math.max(...highest)));
  let done = 0;
  function cell(swap, flip, u, m) {
    if (m === 0) return;
    if (bits[0] === 0 && bits[1] === 0) {
      out[0].fill(at[0], done, done + m);
      out[1].fill(at[1], done, done + m);
      done += m;
      return;
    }
    const axis = u < 0 ? swap : 1 - swap, first = u < 0 ? flip : u ^ flip;
    const half = 2 ** --bits[axis], low = at[axis], middle = low + half;
    const k = middle > highest[axis] ? first ? 0 : m : counts.next(m, bits[0] + bits[1]);
    for (const upper of [first, 1 - first]) {
      const v = upper ^ flip, share = upper === first ? k : m - k;
      at[axis] = upper ? middle : low;
      if (u < 0) cell(swap, flip, v, share);
      else if (v === 0) cell(1 - swap, flip ^ u, -1, share);
      else cell(swap, flip, -1, share);
    }
    at[axis] = low;
    bits[axis]++;
  }
  cell(0, 0, -1, n);
  return out;
}

// src/version2.js
function read2(r, size) {
  const model = readHeader2(r, size);
  const steps = { position: number(r), size: number(r), angle: number(r), colour: number(r) };
  const low = [0, 0], span = [0, 0];
  for (const axis of [0, 1]) {
    const v = number(r);
    low[axis] = v % 2 ? -(v + 1) / 2 : v / 2;
    span[axis] = number(r);
  }
  const middle = number(r), rules = Array.from({ length: 5 + 3 * model.channels }, () => r.i16());
  const most = { position: 2 ** 28, size: 2 ** 24, angle: 2 ** 22, colour: 2 ** 32 };
  const right = Object.keys(most).every((k) => steps[k] > 0 && steps[k] < most[k]) && middle > 0 && middle < 2 ** 16;
  if (!right || low.some((v, k) => v < -(2 ** 22) || v + span[k] > 2 ** 22)) throw damaged("a number is out of range");
  const coder = new RangeDecoder(r.take(r.bytes.length - r.at));
  const [x, y] = places(coder, model.count, span).map((levels, axis) => levels.map((v) => v + low[axis]));
  const symbols = attributes(coder, { x, y, steps, middle, rules, channels: model.channels });
  place(model, x, y, steps);
  shape(model, symbols, steps);
  model.features = colours(model, symbols, steps);
  [model.x, model.y, model.t1, model.t2, model.angle, ...model.features].forEach(finite);
  return model;
}
function readHeader2(r, size) {
  const flags = r.u8(), layers = r.u8(), topK = r.u8(), width = r.u16(), height = r.u16(), count = r.u32();
  if (flags > 3) throw damaged("its flags are unknown");
  const recipeBytes = r.u8(), igsBytes = r.u8(), gamma = flags & 1 ? r.f64() : 1;
  const model = { width, height, topK, gamma, count, channels: 0, recipe: r.text(recipeBytes), igs: r.text(igsBytes), layers: [] };
  for (let i = 0; i < layers; i++) {
    const channels = r.u8(), depth = r.u8(), nameBytes = r.u8();
    const [low, high] = flags & 2 ? [r.f32(), r.f32()] : [0, 1];
    addLayer(model, { name: r.text(nameBytes), channels, depth, low, high });
  }
  checkHeader(model, count * (8 * (5 + model.channels) + 8), size);
  if (count > 4 * size) throw damaged(`it claims ${count} splats`);
  return model;
}
function number(r) {
  let v = 0;
  for (let unit = 1; unit < 2 ** 42; unit *= 128) {
    const byte = r.u8();
    v += (byte & 127) * unit;
    if (byte < 128) return v;
  }
  throw damaged("a number is too long");
}
function place(model, x, y, steps) {
  model.x = Float32Array.from(x, (v) => v * steps.position / 2 ** 20 / model.width);
  model.y = Float32Array.from(y, (v) => v * steps.position / 2 ** 20 / model.height);
}
function shape(model, { size, aspect, angle }, steps) {
  const n = model.count;
  model.t1 = new Float32Array(n);
  model.t2 = new Float32Array(n);
  model.angle = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const z = size[i] * steps.size / 2 ** 20, sigma = Math.sqrt(z * z * z), k = exp(1.5 * aspect[i] / size[i]);
    model.t1[i] = k / sigma;
    model.t2[i] = 1 / (k * sigma);
    model.angle[i] = Math.PI * angle[i] / angles(size[i], aspect[i], steps.angle);
  }
}
function exp(v) {
  v /= 256;
  let e = 1;
  for (let i = 5; i > 0; i--) e = 1 + v * e / i;
  for (let i = 0; i < 8; i++) e *= e;
  return e;
}
function colours(model, { size, colour }, steps) {
  const unit = size.map((s) => colourStep(s, steps.colour)), values = colour.map((levels) => levels.map((v, i) => v * unit[i] / 2 ** 24));
  for (const { channels, first } of model.layers) {
    if (channels < 3) continue;
    const [r, g, b] = values.slice(first, first + 3);
    for (let i = 0; i < model.count; i++) {
      const p = r[i] * 0.5773502691896258, q = g[i] * 0.7071067811865476, s = b[i] * 0.4082482904638631;
      r[i] = p + q - s;
      g[i] = p + 2 * s;
      b[i] = p - q - s;
    }
  }
  return values.map((v) => Float32Array.from(v));
}

// src/decode.js
var versions = { 1: read, 2: read2 };
var newest = Math.max(...Object.keys(versions).map(Number));
function decode(data) {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  if (bytes.length < 4 || String.fromCharCode(...bytes.subarray(0, 4)) !== "IGSM") throw new ModelError("This file is not a model of igs.");
  if (bytes.length < 10) throw new ModelError("The model is cut short.");
  const body = new Reader(bytes.subarray(0, -4));
  body.skip(4);
  const version = body.u16();
  const read3 = versions[version];
  if (!read3) throw new ModelError(`The model has format version ${version}, and this page reads versions up to ${newest}: it needs a newer igs.`);
  const checksum = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4).getUint32(0, true);
  if (crc32c(body.bytes) !== checksum) throw new ModelError("The model is damaged or cut short: its checksum does not match.");
  return read3(body, bytes.length);
}

// src/splats.js
var CUT = 18;
function geometry(model) {
  const n = model.count, g = { n: 0, index: new Uint32Array(n) };
  for (const name of ["x", "y", "A", "B", "C", "w", "h"]) g[name] = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const p = model.t1[i] ** 2, q = model.t2[i] ** 2, cos = Math.cos(model.angle[i]), sin = Math.sin(model.angle[i]);
    const A = 0.5 * (p * cos * cos + q * sin * sin), B = (p - q) * cos * sin, C = 0.5 * (p * sin * sin + q * cos * cos);
    const x = model.x[i] * model.width, y = model.y[i] * model.height;
    if (!(Math.abs(x) + Math.abs(y) + A + Math.abs(B) + C < 1e30)) continue;
    const k = g.n++;
    g.index[k] = i;
    g.x[k] = x;
    g.y[k] = y;
    g.A[k] = A;
    g.B[k] = B;
    g.C[k] = C;
    const vp = 2 / Math.max(p, 1e-12), vq = 2 / Math.max(q, 1e-12);
    g.w[k] = Math.sqrt(vp * cos * cos + vq * sin * sin);
    g.h[k] = Math.sqrt(vp * sin * sin + vq * cos * cos);
  }
  return g;
}

// src/lists.js
var TILE = { w: 16, h: 8 };
var STEPS = 127;
var PIECE = 1 << 13;
var Store = class {
  arrays = {};
  get(name, n) {
    const old = this.arrays[name];
    if (old && old.length >= n) return old;
    const grown = new Int32Array(Math.ceil(1.5 * n / PIECE) * PIECE);
    if (old) grown.set(old);
    return this.arrays[name] = grown;
  }
};
var TileLists = class {
  store = new Store();
  /**
   * g is the geometry of the splats, cut the greatest exponent. The picture px (left, top) is at the upper left corner of an area of
   * width × height px of the screen, zoom px of the screen to a px of the picture.
   *
   * Afterwards visible has the places in g of the splats that are in the area. An entry is a place in visible and, above its 24 bits,
   * the step of the least exponent. The first four entries, and those that fill the last four of a list, have the place visible.length
   * and the last step. lists has for each tile the number of its first entry, in fours, and how many it has. length counts entries.
   */
  build(g, cut, { left, top, zoom, width, height }) {
    const across = Math.ceil(width / TILE.w), down = Math.ceil(height / TILE.h), tiles = across * down;
    const visible = this.store.get("visible", g.n);
    const ofTile = this.store.get("ofTile", tiles).fill(0, 0, tiles), ofStep = new Int32Array(STEPS + 1);
    let pairs = this.store.get("pairs", 1 << 17);
    const reach = Math.sqrt(cut) * zoom, step = (STEPS - 0.01) / cut, square = 1 / (zoom * zoom);
    let count = 0, n = 0;
    for (let i = 0; i < g.n; i++) {
      const w = g.w[i] * reach + 0.01, h = g.h[i] * reach + 0.01;
      const x = (g.x[i] - left) * zoom - 0.5, y = (g.y[i] - top) * zoom - 0.5;
      if (x + w < 0 || y + h < 0 || x - w > width - 1 || y - h > height - 1) continue;
      const first = Math.max(Math.ceil((x - w + 1) / TILE.w) - 1, 0), last = Math.min(Math.floor((x + w) / TILE.w), across - 1);
      const from = Math.max(Math.ceil((y - h + 1) / TILE.h) - 1, 0), to = Math.min(Math.floor((y + h) / TILE.h), down - 1);
      const most = count + 2 * (last - first + 1) * (to - from + 1);
      if (most > pairs.length) pairs = this.store.get("pairs", most);
      const A = g.A[i] * square, B = g.B[i] * square, C = g.C[i] * square;
      const alongY = -B / Math.max(2 * C, 1e-30), alongX = -B / Math.max(2 * A, 1e-30);
      const farX = w + TILE.w, farY = h + TILE.h, rounding = 1e-6 * (A * farX * farX + C * farY * farY + Math.abs(B) * farX * farY);
      for (let row = from; row <= to; row++) {
        const y0 = row * TILE.h - y, y1 = y0 + TILE.h - 1, dy = y0 > 0 ? y0 : y1 < 0 ? y1 : 0;
        for (let column = first; column <= last; column++) {
          const x0 = column * TILE.w - x, x1 = x0 + TILE.w - 1, dx = x0 > 0 ? x0 : x1 < 0 ? x1 : 0;
          let least = 0;
          if (dx !== 0 || dy !== 0) {
            least = Infinity;
            if (dx !== 0) {
              let v = alongY * dx;
              v = v < y0 ? y0 : v > y1 ? y1 : v;
              least = A * dx * dx + (B * dx + C * v) * v;
            }
            if (dy !== 0) {
              let v = alongX * dy;
              v = v < x0 ? x0 : v > x1 ? x1 : v;
              const s = C * dy * dy + (B * dy + A * v) * v;
              if (s < least) least = s;
            }
            least -= rounding;
          }
          if (least > cut) continue;
          const key = least > 0 ? least * step | 0 : 0, tile = row * across + column;
          pairs[count] = tile;
          pairs[count + 1] = key << 24 | n;
          count += 2;
          ofTile[tile]++;
          ofStep[key]++;
        }
      }
      visible[n++] = i;
    }
    Object.assign(this, { across, tiles, visible: visible.subarray(0, n) });
    this.sort(count / 2, pairs, ofTile, ofStep);
  }
  /** Sorts the pairs by step and then by tile. Both sorts count, and keep the order of what is equal. */
  sort(count, pairs, ofTile, ofStep) {
    const { tiles } = this, nothing = STEPS << 24 | this.visible.length;
    const byStep = this.store.get("byStep", 2 * count);
    for (let key = 0, sum2 = 0; key <= STEPS; key++) {
      const n = ofStep[key];
      ofStep[key] = sum2;
      sum2 += 2 * n;
    }
    for (let p = 0; p < 2 * count; p += 2) {
      const entry = pairs[p + 1], key = entry >>> 24, to = ofStep[key];
      ofStep[key] = to + 2;
      byStep[to] = pairs[p];
      byStep[to + 1] = entry;
    }
    const entries = this.store.get("entries", count + 3 * tiles + 4), lists = this.store.get("lists", 2 * tiles);
    let sum = 4;
    for (let t = 0; t < tiles; t++) {
      const n = ofTile[t];
      lists[2 * t] = sum >> 2;
      lists[2 * t + 1] = n;
      ofTile[t] = sum;
      sum += n + 3 & ~3;
    }
    for (let p = 0; p < 2 * count; p += 2) entries[ofTile[byStep[p]]++] = byStep[p + 1];
    entries.fill(nothing, 0, 4);
    for (let t = 0; t < tiles; t++) for (let p = ofTile[t]; (p & 3) !== 0; p++) entries[p] = nothing;
    Object.assign(this, { entries, lists, length: sum });
  }
};

// src/planes.js
function planes(model) {
  return model.layers.flatMap(({ name, channels, alpha, first }, i) => {
    name ||= model.layers.length > 1 ? `layer ${i + 1}` : "picture";
    if (alpha) return [{ name, first, channels: channels - 1, layer: i, alpha: first + channels - 1 }];
    if (channels === 1 || channels === 3) return [{ name, first, channels, layer: i }];
    return Array.from({ length: channels }, (_, c) => ({ name: `${name} ${c + 1}`, first: first + c, channels: 1, layer: i }));
  });
}
function alphaOf(model, view) {
  const { alpha, channels } = planes(model)[view.plane ?? 0];
  return alpha === void 0 ? { share: 0 } : { share: Math.sqrt(channels) / 2, alpha: model.features[alpha] };
}
function channelsOf(model, view) {
  const plane2 = planes(model)[view.plane ?? 0];
  return [0, 1, 2].map((c) => model.features[plane2.first + (plane2.channels === 3 ? c : 0)]);
}

// src/programs.js
var DrawError = class extends Error {
  name = "DrawError";
};
function setter(gl, program) {
  const calls = { [gl.FLOAT]: "uniform1f", [gl.FLOAT_VEC2]: "uniform2fv", [gl.FLOAT_VEC3]: "uniform3fv" }, uniforms = /* @__PURE__ */ new Map();
  for (let i = 0; i < gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS); i++) {
    const { name, type } = gl.getActiveUniform(program, i);
    uniforms.set(name, { at: gl.getUniformLocation(program, name), call: calls[type] ?? "uniform1i" });
  }
  return (name, value) => {
    const uniform = uniforms.get(name);
    if (uniform) gl[uniform.call](uniform.at, value);
  };
}
function linked(gl, vertex, fragment) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS) || gl.isContextLost()) return program;
  const logs = gl.getAttachedShaders(program).map((shader) => gl.getShaderInfoLog(shader)).join(" ") + gl.getProgramInfoLog(program);
  throw new DrawError(`The graphics driver of this browser cannot compile the shaders of the viewer: ${logs}`);
}

// src/shaders.js
var everywhere = `#version 300 es
void main() {
  gl_Position = vec4(vec2(gl_VertexID << 1 & 2, gl_VertexID & 2) * 2.0 - 1.0, 0.0, 1.0);
}`;
var ROWS = 2;
var block = `#version 300 es
precision highp float;
precision highp int;
precision highp isampler2D;
precision highp sampler2D;

uniform sampler2D splats;   // texels of a splat: (x, y, A, B), (C, colour), with alpha also (alpha, \u2026) and an empty one; px of this area, from its upper left corner
uniform isampler2D entries; // of all lists, four a texel: splat and, above its 24 bits, the step of the least exponent over the tile
uniform isampler2D lists;   // of a tile: its first texel of entries, and how many entries it has
uniform int across;         // tiles in a row
uniform float cut;          // exponents are those of 2
uniform float gamma;        // 1 / gamma of the training
${Array.from({ length: ROWS }, (_, r) => `layout(location = ${r}) out ivec4 row${r};`).join("\n")}

ivec2 texel(int i) { int x = i & 2047; return ivec2(x, int(float(i - x) * ${1 / 2048})); }
ivec4 four(int i) { return texelFetch(entries, texel(i), 0); }

ivec4 level(vec4 v) { return ivec4(clamp(v, 0.0, 1.0) * 255.0 + 0.5); }
ivec4 packed_(vec4 r, vec4 g, vec4 b) { return level(r) | level(g) * 256 | level(b) * 65536; }
`;
var numbers = (n) => Array.from({ length: n }, (_, i) => i);
var rows = numbers(ROWS);
var exponents = (j, component, per) => `
  at = texel((e.${component} & 0xffffff) * ${per});
  vec4 g${j} = texelFetch(splats, at, 0), q${j} = texelFetch(splats, ivec2(at.x + 1, at.y), 0);
  dx = X - g${j}.x, column = g${j}.z * dx * dx, slope = g${j}.w * dx;
  dy = Y - g${j}.y;
  ${rows.map((r) => `${r ? "dy += 1.0; " : ""}vec4 m${r}_${j} = column + (slope + q${j}.x * dy) * dy;`).join("\n  ")}`;
var opening = (tile) => `
void main() {
  ivec2 corner = ivec2(gl_FragCoord.xy) * ivec2(4, ${ROWS}), tile = corner / ivec2(${tile.w}, ${tile.h}), at;
  ivec4 e;
  ivec2 list = texelFetch(lists, texel(tile.y * across + tile.x), 0).xy;
  int begin = list.x, end = begin + int(float(list.y + 3) * 0.25), i;
  vec4 X = float(corner.x) + vec4(0.5, 1.5, 2.5, 3.5), dx, column, slope, t;
  float Y = float(corner.y) + 0.5, dy;`;
var ofFour = (j, code) => numbers(4).map((k) => code(j + k, "xyzw"[k])).join("");
var exchange = (x, y) => `t = min(${x}, ${y}); ${y} = max(${x}, ${y}); ${x} = t;`;
var sortFour = (v) => [[0, 1], [2, 3], [0, 2], [1, 3], [1, 2]].map(([i, j]) => exchange(v[i], v[j])).join(" ");
function merge(a, n, v, K) {
  const m = Math.min(n + 4, K);
  if (n === 0) return a.slice(0, m).map((x, i) => `${x} = ${v[i]};`).join(" ");
  const lines = numbers(m).filter((i) => m - 1 - i < 4).map((i) => `${a[i]} = ${i < n ? `min(${a[i]}, ${v[m - 1 - i]})` : v[m - 1 - i]};`);
  let size = 1;
  while (size < m) size *= 2;
  const pad = size - m;
  for (let d = size / 2; d >= 1; d /= 2) for (let i = pad; i < size; i++) if ((i & d) === 0) lines.push(exchange(a[i - pad], a[i + d - pad]));
  return lines.join(" ");
}
var HELD = 2;
function picture(K, tile, alpha) {
  const per = alpha ? 4 : 2, sums = ["sd", "sr", "sg", "sb", ...alpha ? ["sa"] : []], s = ["s0", "s1", "s2", "s3"];
  const of = (r) => numbers(K).map((k) => `a${k}_${r}`);
  const insert = (j, n) => rows.map((r) => `${s.map((x, k) => `${x} = m${r}_${j + k};`).join(" ")} ${sortFour(s)} ${merge(of(r), n, s, K)}`).join("\n");
  const bound = `t = ${rows.map((r) => `min(a${K - 1}_${r}, a0_${r} + FAINT)`).reduce((a, b) => `max(${a}, ${b})`)}; bound = max(max(t.x, t.y), max(t.z, t.w));`;
  const add = (j, c) => `${alpha ? `at = texel((e.${c} & 0xffffff) * ${per}); t = vec4(texelFetch(splats, ivec2(at.x + 2, at.y), 0).x);` : ""}
  ${rows.map((r) => `w = mix(exp2(-m${r}_${j}), vec4(0.0), greaterThan(m${r}_${j}, most${r})); sd${r} += w; sr${r} += w * q${j}.y; sg${r} += w * q${j}.z; sb${r} += w * q${j}.w;${alpha ? ` sa${r} += w * t;` : ""}`).join("\n")}`;
  return `${block}
const float NEVER = 3.0e38;
const float FLOOR = 1e-4; // of the denominator
const float FAINT = 12.0; // a weight of 2^-12 of the greatest is not seen
${opening(tile)}
  ${numbers(HELD).map((h) => `e = four(begin + ${h} < end ? begin + ${h} : 0); ivec4 e${h} = e; ${ofFour(4 * h, (j, c) => exponents(j, c, per))}`).join("\n")}
  vec4 ${rows.map((r) => `most${r} = vec4(cut)`).join(", ")};
  int stop = end;
  if (list.y > ${K}) {
    vec4 ${rows.flatMap((r) => of(r).map((a) => `${a} = vec4(NEVER)`)).join(", ")}, s0, s1, s2, s3;
    ${numbers(HELD).map((h) => insert(4 * h, Math.min(4 * h, K))).join("\n")}
    float bound = NEVER;
    ${bound}
    for (i = begin + ${HELD}; i < end; i++) {
      e = four(i);
      if (float(e.x & 0x7f000000) * (cut * ${1 / STEPS / 2 ** 24}) > bound) break;
      ${ofFour(100, (j, c) => exponents(j, c, per))}
      ${insert(100, K)}
      ${bound}
    }
    stop = i;
    // A relative 1e-6 above the K-th exponent: the last bit must not decide.
    ${rows.map((r) => `most${r} = min(min(a${K - 1}_${r} * 1.000001, a0_${r} + FAINT), cut);`).join(" ")}
  }
  vec4 w, ${rows.flatMap((r) => sums.map((v) => `${v}${r} = vec4(${v === "sd" ? "FLOOR" : "0.0"})`)).join(", ")};
  ${numbers(HELD).map((h) => `${alpha ? `e = e${h};` : ""} ${ofFour(4 * h, add)}`).join("\n")}
  for (i = begin + ${HELD}; i < stop; i++) {
    e = four(i);
    ${ofFour(100, (j, c) => exponents(j, c, per) + add(j, c))}
  }
  ${rows.map((r) => sums.slice(1).map((v) => `${v}${r} = max(${v}${r} / sd${r}, 0.0);`).join(" ")).join("\n")}
  if (gamma != 1.0) {
    vec4 power = vec4(gamma);
    ${rows.map((r) => sums.slice(1).map((v) => `${v}${r} = pow(${v}${r}, power);`).join(" ")).join("\n")}
  }
  ${rows.map((r) => `row${r} = packed_(sr${r}, sg${r}, sb${r})${alpha ? ` | level(sa${r}) * 16777216` : ""};`).join("\n")}
}`;
}
var density = (tile) => `${block}${opening(tile)}
  vec4 ${rows.map((r) => `c${r} = vec4(0.0)`).join(", ")};
  for (i = begin; i < end; i++) {
    e = four(i);
    ${ofFour(0, (j, c) => `${exponents(j, c, 2)}
    ${rows.map((r) => `c${r} += vec4(lessThanEqual(m${r}_${j}, vec4(cut)));`).join(" ")}`)}
  }
  ${rows.map((r) => `row${r} = packed_(c${r} / 255.0, c${r}, c${r});`).join("\n")}
}`;
var board = `
float board(vec2 at) { return ((int(at.x) >> 3) + (int(at.y) >> 3) & 1) == 0 ? 0.6 : 0.8; }`;
var present = (alpha, show) => `#version 300 es
precision highp float;
precision highp int;
precision highp isampler2DArray;
precision highp sampler2D;

uniform isampler2DArray blocks;
uniform sampler2D other; // the picture to compare with, with colours multiplied by alpha
uniform float share;     // what alpha is multiplied by
uniform vec2 corner;     // lower left corner of the area in the canvas, px
uniform float height;    // of the area, px
uniform vec3 place;      // left, top and zoom of the area in the picture
uniform vec2 size;       // of the picture, px
out vec4 colour;
${board}

// Few splats are dark blue, many are yellow.
vec3 heat(float v) {
  vec3 c = mix(vec3(0.05, 0.03, 0.2), vec3(0.45, 0.1, 0.45), clamp(v, 0.0, 1.0));
  c = mix(c, vec3(0.85, 0.3, 0.3), clamp(v - 1.0, 0.0, 1.0));
  c = mix(c, vec3(0.98, 0.65, 0.2), clamp(v - 2.0, 0.0, 1.0));
  return mix(c, vec3(1.0, 1.0, 0.75), clamp(v - 3.0, 0.0, 1.0));
}

void main() {
  vec2 at = gl_FragCoord.xy - corner;
  at.y = height - at.y;
  vec2 p = place.xy + at / place.z;
  vec2 block = floor(at * vec2(0.25, ${1 / ROWS})), in_ = floor(at) - block * vec2(4.0, ${ROWS}.0);
  ivec4 four = texelFetch(blocks, ivec3(vec3(block, in_.y)), 0);
  int v = in_.x < 1.5 ? (in_.x < 0.5 ? four.x : four.y) : (in_.x < 2.5 ? four.z : four.w);
  vec3 c = vec3(v & 255, v & 0xff00, v & 0xff0000) * vec3(${1 / 255}, ${1 / 255 / 256}, ${1 / 255 / 65536});
  float a = 1.0;
${alpha ? `  a = min(float(v >> 24 & 255) / 255.0 / share, 1.0); // colours over mid grey
  c = clamp(c - 0.5 * (1.0 - a), 0.0, a);` : ""}
${{
  error: `  vec4 wanted = texelFetch(other, ivec2(p / size * vec2(textureSize(other, 0))), 0);
  float half_ = 0.5 * (a - wanted.a); // the mean over black and over white
  c = min(max(abs(c - wanted.rgb - half_), abs(half_)) * 4.0, 1.0);`,
  density: "  c = heat(log2(1.0 + c.r * 255.0) * (4.0 / 5.0));"
}[show] ?? (alpha ? "  c += (1.0 - a) * board(at);" : "")}
  bool outside = any(lessThan(p, vec2(0.0))) || any(greaterThanEqual(p, size));
  colour = outside ? vec4(0.0) : vec4(c, 1.0);
}`;
var corners = `#version 300 es
precision highp float;
precision highp sampler2D;
uniform sampler2D splats;
uniform vec2 area; // px
out vec2 at;       // from the centre, px
flat out vec3 conic;
flat out vec3 rgb;

void main() {
  int i = gl_InstanceID * 2;
  vec4 g = texelFetch(splats, ivec2(i & 2047, i >> 11), 0), q = texelFetch(splats, ivec2(i + 1 & 2047, i + 1 >> 11), 0);
  conic = vec3(g.zw, q.x);
  uint packed_ = uint(q.w);
  rgb = vec3(packed_ >> 16, packed_ >> 8 & 255u, packed_ & 255u) / 255.0;
  at = (vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0) * (q.yz + 1.0);
  vec2 place = (g.xy + at) / area * 2.0 - 1.0;
  gl_Position = vec4(place.x, -place.y, 0.0, 1.0);
}`;
var ellipse = `#version 300 es
precision highp float;
uniform float cut;
in vec2 at;
flat in vec3 conic;
flat in vec3 rgb;
out vec4 colour;

void main() {
  float s = conic.x * at.x * at.x + conic.y * at.x * at.y + conic.z * at.y * at.y;
  vec2 slope = vec2(2.0 * conic.x * at.x + conic.y * at.y, 2.0 * conic.z * at.y + conic.y * at.x);
  float inside = (cut - s) / max(length(slope), 1e-20) + 0.5; // px from the edge
  if (inside <= 0.0) discard;
  colour = vec4(rgb, 1.0) * min(inside, 1.0);
}`;
var target = `#version 300 es
precision highp float;
precision highp sampler2D;
uniform sampler2D other; // colours are multiplied by alpha
uniform vec2 corner;
uniform float height;
uniform vec3 place;
uniform vec2 size;
out vec4 colour;
${board}

void main() {
  vec2 at = gl_FragCoord.xy - corner;
  at.y = height - at.y;
  vec2 p = place.xy + at / place.z;
  colour = vec4(0.0);
  if (any(lessThan(p, vec2(0.0))) || any(greaterThanEqual(p, size))) return;
  vec2 texels = vec2(textureSize(other, 0));
  ivec2 texel = ivec2(p / size * texels);
  vec4 v = place.z * size.x >= 0.999 * texels.x ? texelFetch(other, texel, 0) : texture(other, p / size);
  colour = vec4(v.rgb + (1.0 - v.a) * board(at), 1.0);
}`;

// src/draw.js
var SIGMAS = 1.5;
var ELLIPSE = SIGMAS * SIGMAS / 2;
var WIDTH = 2048;
var NOWHERE = [1e9, 1e9, 1, 0, 1];
var renderers = /* @__PURE__ */ new WeakMap();
function draw(canvas, model, view) {
  let renderer = renderers.get(canvas);
  if (!renderer) renderers.set(canvas, renderer = new Renderer(canvas));
  if (renderer.gl.isContextLost()) renderers.delete(canvas);
  else renderer.draw(model, view);
}
async function drawn(canvas) {
  const gl = renderers.get(canvas)?.gl;
  if (!gl || gl.isContextLost()) return;
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  gl.flush();
  while (!gl.isContextLost() && gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED) await new Promise((done) => setTimeout(done));
  gl.deleteSync(fence);
}
var Renderer = class {
  constructor(canvas) {
    this.gl = canvas.getContext("webgl2", { antialias: false, depth: false, preserveDrawingBuffer: true });
    if (!this.gl) throw new DrawError("This browser has no WebGL 2, which is needed to draw a model.");
    canvas.addEventListener("webglcontextlost", lost, { once: true });
    this.canvas = canvas;
    this.lists = new TileLists();
    this.programs = /* @__PURE__ */ new Map();
    this.textures = {};
    this.arrays = {};
    this.blocks = null;
    this.targets = /* @__PURE__ */ new WeakMap();
    this.gl.bindVertexArray(this.gl.createVertexArray());
  }
  draw(model, view) {
    const { gl, canvas } = this;
    const [x, y, width, height] = view.rect ?? [0, 0, canvas.width, canvas.height];
    if (width < 1 || height < 1) return;
    const area = { width, height, zoom: view.zoom, left: view.x - width / 2 / view.zoom, top: view.y - height / 2 / view.zoom };
    const corner = [x, canvas.height - y - height];
    gl.viewport(...corner, width, height);
    gl.scissor(...corner, width, height);
    gl.enable(gl.SCISSOR_TEST);
    if (view.show === "target") this.target(model, view, area, corner);
    else if (view.show === "splats") this.ellipses(model, view, area);
    else this.picture(model, view, area, corner);
  }
  /** The picture, its error or the density of its splats. */
  picture(model, view, area, corner) {
    const { gl, lists } = this, g = cachedGeometry(model), density2 = view.show === "density";
    lists.build(g, density2 ? ELLIPSE : CUT, area);
    const n = lists.visible.length, channels = channelsOf(model, view), { share, alpha } = alphaOf(model, view);
    const withAlpha = !!alpha && !density2, per = withAlpha ? 16 : 8;
    const splats = this.array("splats", per * (n + 1));
    for (let k = 0; k < n; k++) {
      const i = lists.visible[k], splat = g.index[i], at = per * k;
      geometryOf(splats, at, g, i, area);
      for (let c = 0; c < 3; c++) splats[at + 5 + c] = channels[c][splat];
      if (withAlpha) splats[at + 8] = alpha[splat];
    }
    splats.fill(0, per * n, per * (n + 1)).set(NOWHERE, per * n);
    this.upload("splats", gl.RGBA32F, per * (n + 1), splats);
    this.upload("entries", gl.RGBA32I, lists.length, lists.entries);
    this.upload("lists", gl.RG32I, 2 * lists.tiles, lists.lists);
    this.pixels(area);
    const first = density2 ? this.use("density", everywhere, () => density(TILE)) : this.use(`picture ${model.topK} ${withAlpha}`, everywhere, () => picture(model.topK, TILE, withAlpha));
    this.bind(["splats", "entries", "lists"], first.set);
    first.set("across", lists.across);
    first.set("cut", (density2 ? ELLIPSE : CUT) * Math.LOG2E);
    first.set("gamma", 1 / model.gamma);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(...corner, area.width, area.height);
    gl.scissor(...corner, area.width, area.height);
    const { set } = this.use(`present ${withAlpha} ${view.show}`, everywhere, () => present(withAlpha, view.show));
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.blocks.texture);
    set("blocks", 0);
    this.place(set, model, area, corner);
    set("share", share);
    if (view.show === "error") this.bindTarget(view.target);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
  /** Binds the texture with the packed pixels of pass 1, which has a layer for each row of its blocks. */
  pixels({ width, height }) {
    const { gl } = this, w = Math.ceil(width / 4), h = Math.ceil(height / ROWS), old = this.blocks;
    if (!old || old.w < w || old.h < h) {
      this.frame ??= gl.createFramebuffer();
      gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
      if (old) gl.deleteTexture(old.texture);
      const texture = this.texture(gl.RGBA32I, w, h, ROWS), buffers = [];
      for (let r = 0; r < ROWS; r++) {
        buffers.push(gl.COLOR_ATTACHMENT0 + r);
        gl.framebufferTextureLayer(gl.FRAMEBUFFER, buffers[r], texture, 0, r);
      }
      gl.drawBuffers(buffers);
      this.blocks = { texture, w, h };
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
    gl.viewport(0, 0, w, h);
    gl.scissor(0, 0, w, h);
  }
  /** A new texture of numbers, or with layers an array of textures. It is bound. */
  texture(format, w, h, layers = 0) {
    const { gl } = this, texture = gl.createTexture(), kind = layers ? gl.TEXTURE_2D_ARRAY : gl.TEXTURE_2D;
    gl.bindTexture(kind, texture);
    if (layers) gl.texStorage3D(kind, 1, format, w, h, layers);
    else gl.texStorage2D(kind, 1, format, w, h);
    gl.texParameteri(kind, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(kind, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    return texture;
  }
  /** Each splat as an ellipse in its colour, large ones first, on grey. */
  ellipses(model, view, area) {
    const { gl } = this, g = cachedGeometry(model), channels = channelsOf(model, view);
    const reach = Math.sqrt(ELLIPSE) * area.zoom, gamma = 1 / model.gamma;
    const eight = (v) => Math.round(255 * Math.min(Math.max(v, 0), 1) ** gamma);
    let n = 0;
    const seen = largestFirst(g).filter((i) => {
      const dx = (g.x[i] - area.left) * area.zoom, dy = (g.y[i] - area.top) * area.zoom, w = g.w[i] * reach + 1, h = g.h[i] * reach + 1;
      return dx + w > 0 && dy + h > 0 && dx - w < area.width && dy - h < area.height;
    });
    const splats = this.array("splats", 8 * seen.length);
    for (const i of seen) {
      const splat = g.index[i], at = 8 * n++;
      geometryOf(splats, at, g, i, area);
      splats[at + 5] = Math.min(g.w[i] * reach, 1e6);
      splats[at + 6] = Math.min(g.h[i] * reach, 1e6);
      splats[at + 7] = eight(channels[0][splat]) << 16 | eight(channels[1][splat]) << 8 | eight(channels[2][splat]);
    }
    this.upload("splats", gl.RGBA32F, 8 * n, splats);
    gl.clearColor(0.5, 0.5, 0.5, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const { set } = this.use("ellipses", corners, () => ellipse);
    this.bind(["splats"], set);
    set("area", [area.width, area.height]);
    set("cut", ELLIPSE * Math.LOG2E);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, n);
    gl.disable(gl.BLEND);
  }
  target(model, view, area, corner) {
    const { set } = this.use("target", everywhere, () => target);
    this.bindTarget(view.target);
    this.place(set, model, area, corner);
    this.gl.drawArrays(this.gl.TRIANGLES, 0, 3);
  }
  place(set, model, area, corner) {
    set("corner", corner);
    set("height", area.height);
    set("place", [area.left, area.top, area.zoom]);
    set("size", [model.width, model.height]);
  }
  bind(names, set) {
    names.forEach((name, unit) => {
      this.gl.activeTexture(this.gl.TEXTURE0 + unit);
      this.gl.bindTexture(this.gl.TEXTURE_2D, this.textures[name].texture);
      set(name, unit);
    });
  }
  /** Uploads a picture (an ImageBitmap, image or canvas) once, with colours multiplied by alpha. A smaller drawing of it is smooth. */
  bindTarget(source) {
    const { gl } = this;
    gl.activeTexture(gl.TEXTURE3);
    let texture = this.targets.get(source);
    if (texture) gl.bindTexture(gl.TEXTURE_2D, texture);
    else {
      texture = gl.createTexture();
      this.targets.set(source, texture);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, fitting(source, gl.getParameter(gl.MAX_TEXTURE_SIZE)));
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
      gl.generateMipmap(gl.TEXTURE_2D);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    }
  }
  /** An array of at least n numbers, which is kept between frames. It has whole rows of a texture. */
  array(name, n) {
    const perRow = 4 * WIDTH, old = this.arrays[name];
    return old && old.length >= n ? old : this.arrays[name] = new Float32Array(Math.ceil(1.5 * n / perRow) * perRow);
  }
  /** Puts the first n numbers of an array, which has whole rows, into a texture, which grows when it is too small. */
  upload(name, format, n, data) {
    const { gl } = this, per = format === gl.RG32I ? 2 : 4, rows2 = Math.max(Math.ceil(n / (per * WIDTH)), 1);
    let t = this.textures[name];
    gl.activeTexture(gl.TEXTURE0);
    if (!t || t.rows < rows2) {
      if (t) gl.deleteTexture(t.texture);
      const most = gl.getParameter(gl.MAX_TEXTURE_SIZE);
      if (rows2 > most) throw new DrawError("The model has more splats here than this browser can draw: zoom in.");
      const space = Math.min(Math.ceil(rows2 * 1.5), most);
      this.textures[name] = t = { texture: this.texture(format, WIDTH, space), rows: space };
    } else gl.bindTexture(gl.TEXTURE_2D, t.texture);
    const [kind, type] = { [gl.RGBA32F]: [gl.RGBA, gl.FLOAT], [gl.RGBA32I]: [gl.RGBA_INTEGER, gl.INT], [gl.RG32I]: [gl.RG_INTEGER, gl.INT] }[format];
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, WIDTH, rows2, kind, type, data);
  }
  /** Selects a program; set gives a value to a uniform of it. */
  use(name, vertex, fragment) {
    const { gl } = this;
    let made = this.programs.get(name);
    if (!made) {
      const program = linked(gl, vertex, fragment());
      made = { program, set: setter(gl, program) };
      this.programs.set(name, made);
      gl.useProgram(program);
      made.set("other", 3);
    }
    gl.useProgram(made.program);
    return made;
  }
};
function lost(e) {
  e.preventDefault();
  renderers.delete(e.target);
}
function geometryOf(data, at, g, i, { left, top, zoom }) {
  const square = Math.LOG2E / (zoom * zoom);
  data[at] = (g.x[i] - left) * zoom;
  data[at + 1] = (g.y[i] - top) * zoom;
  data[at + 2] = g.A[i] * square;
  data[at + 3] = g.B[i] * square;
  data[at + 4] = g.C[i] * square;
}
function fitting(source, most) {
  const shrink = most / Math.max(source.width, source.height);
  if (shrink >= 1) return source;
  const smaller = new OffscreenCanvas(Math.floor(source.width * shrink), Math.floor(source.height * shrink));
  smaller.getContext("2d").drawImage(source, 0, 0, smaller.width, smaller.height);
  return smaller;
}
var geometries = /* @__PURE__ */ new WeakMap();
function cachedGeometry(model) {
  if (!geometries.has(model)) geometries.set(model, geometry(model));
  return geometries.get(model);
}
function largestFirst(g) {
  if (!g.order) {
    const area = g.A.map((A, i) => 4 * A * g.C[i] - g.B[i] ** 2);
    g.order = Uint32Array.from({ length: g.n }, (_, i) => i).sort((i, j) => area[i] - area[j]);
  }
  return g.order;
}
export {
  DrawError,
  ModelError,
  decode,
  draw,
  drawn,
  planes
};
