// Makes this process's random numbers differ when its sandbox is copied: node --require /usr/lib/caisson/node/caisson-reseed.js
// (or NODE_OPTIONS). See docs/copies.md.
//
// A copy of a running sandbox starts with a copy of every generator's state, and neither V8's nor OpenSSL's can be seeded
// from here. So what programs call is wrapped: until the guest agent tells of a copy (SIGURG, asked for by a file in
// /run/caisson/reseed) the wrappers hand on to the originals, after that they draw from the kernel.
//
// Not covered: what OpenSSL draws for itself (TLS handshakes, generateKeyPair, generateKey), which goes on from the copied
// state until OpenSSL seeds itself anew, an hour after it last did; other contexts of `vm`; and code that does not return to
// the event loop, which hears of a copy only afterwards.
//
// Outside a sandbox, or where the folder cannot be written to, it does nothing.
'use strict';

const fs = require('fs');

const FOLDER = '/run/caisson/reseed';
const COUNT = 'caisson.reseed';

// How often the process was copied, for all its threads: workers hear no signals, but share memory.
function sharedCount() {
  const { isMainThread, getEnvironmentData, setEnvironmentData } = require('worker_threads');
  if (!isMainThread) return getEnvironmentData(COUNT);
  const count = new Int32Array(new SharedArrayBuffer(4));
  register(count);
  setEnvironmentData(COUNT, count);
  return count;
}

function register(count) {
  const stat = fs.readFileSync('/proc/self/stat', 'latin1');
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  const path = `${FOLDER}/${process.pid}`;
  fs.rmSync(path, { force: true }); // of one that had this number before
  fs.writeFileSync(path, `${require('os').constants.signals.SIGURG} ${start} wait\n`, { flag: 'wx', mode: 0o644 });
  process.on('SIGURG', () => {
    Atomics.add(count, 0, 1);
    try {
      fs.utimesSync(path, new Date(), new Date()); // the agent waits for it: libuv looks at signals last
    } catch {
      // The agent has waited long enough, or forgotten it.
    }
  });
  process.on('exit', () => {
    try {
      fs.unlinkSync(path);
    } catch {
      // The agent forgets it.
    }
  });
}

class Kernel {
  constructor(count) {
    this.count = count;
    this.copies = 0; // when the pool was filled
    this.device = fs.openSync('/dev/urandom', 'r');
    this.pool = Buffer.alloc(4096);
    this.used = this.pool.length;
  }

  copied() {
    return Atomics.load(this.count, 0) !== 0;
  }

  fill(view) {
    for (let done = 0; done < view.byteLength;) {
      done += fs.readSync(this.device, view, done, view.byteLength - done, null);
    }
    return view;
  }

  // Where the next bytes of a pool are, for small draws. A pool that was copied is not used on.
  take(length) {
    const copies = Atomics.load(this.count, 0);
    if (this.used + length > this.pool.length || copies !== this.copies) {
      this.fill(this.pool);
      this.used = 0;
      this.copies = copies;
    }
    this.used += length;
    return this.used - length;
  }

  // 0 <= x < 2^48
  integer() {
    return this.pool.readUIntBE(this.take(6), 6);
  }

  // 0 <= x < 1 with 53 bits, as Math.random
  fraction() {
    const at = this.take(8);
    return ((this.pool.readUInt32BE(at) >>> 5) * 67108864 + (this.pool.readUInt32BE(at + 4) >>> 6)) / 9007199254740992;
  }

  uuid() {
    const at = this.take(16);
    const bytes = Buffer.from(this.pool.subarray(at, at + 16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = bytes.toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }
}

const bytesOf = (array) => (ArrayBuffer.isView(array)
  ? new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
  : new Uint8Array(array));

const part = (array, offset = 0, size = undefined) => {
  const unit = array.BYTES_PER_ELEMENT ?? 1;
  return bytesOf(array).subarray(offset * unit, size === undefined ? undefined : (offset + size) * unit);
};

// Answers a callback with what `change` makes of the original's value.
const later = (callback, change) => (error, value) => callback(error, error ? value : change(value));

// Each calls the original, which checks the arguments and makes the value that is then replaced.
function wrapBytes(crypto, kernel) {
  const { randomBytes, randomFill, randomFillSync } = crypto;
  const wrapped = function (size, callback) {
    if (!kernel.copied()) return randomBytes(size, callback);
    return callback === undefined
      ? kernel.fill(randomBytes(size))
      : randomBytes(size, typeof callback === 'function' ? later(callback, (bytes) => kernel.fill(bytes)) : callback);
  };
  for (const name of ['randomBytes', 'pseudoRandomBytes', 'prng', 'rng']) {
    Object.defineProperty(crypto, name, { value: wrapped, writable: true, configurable: true, enumerable: name === 'randomBytes' });
  }
  crypto.randomFillSync = function (array, offset, size) {
    randomFillSync(array, offset, size);
    if (kernel.copied()) kernel.fill(part(array, offset, size));
    return array;
  };
  crypto.randomFill = function (array, ...rest) {
    const callback = rest.pop();
    if (!kernel.copied() || typeof callback !== 'function') return randomFill(array, ...rest, callback);
    return randomFill(array, ...rest, later(callback, (filled) => {
      kernel.fill(part(filled, ...rest));
      return filled;
    }));
  };
}

function wrapNumbers(crypto, kernel) {
  const { randomInt, randomUUID } = crypto;
  crypto.randomInt = function (...limits) {
    if (!kernel.copied()) return randomInt(...limits);
    const callback = typeof limits.at(-1) === 'function' ? limits.pop() : undefined;
    const [lower, upper] = limits[1] === undefined ? [0, limits[0]] : limits;
    const draw = () => {
      const range = upper - lower;
      const most = 2 ** 48 - (2 ** 48 % range); // beyond it, small results would come more often
      let value = kernel.integer();
      while (value >= most) value = kernel.integer();
      return lower + (value % range);
    };
    if (callback !== undefined) return randomInt(...limits, later(callback, draw));
    randomInt(...limits);
    return draw();
  };
  crypto.randomUUID = function (options) {
    const id = randomUUID(options);
    return kernel.copied() ? kernel.uuid() : id;
  };
}

// `crypto.getRandomValues` and the global `crypto` lead here too.
function wrapWeb(web, kernel) {
  const { getRandomValues, randomUUID } = web;
  web.getRandomValues = function (array) {
    getRandomValues.call(this, array);
    if (kernel.copied()) kernel.fill(bytesOf(array));
    return array;
  };
  web.randomUUID = function () {
    const id = randomUUID.call(this);
    return kernel.copied() ? kernel.uuid() : id;
  };
}

function wrapMath(kernel) {
  const original = Math.random;
  Math.random = function random() {
    return kernel.copied() ? kernel.fraction() : original();
  };
}

function install() {
  const count = sharedCount();
  if (count === undefined) return;
  const kernel = new Kernel(count);
  const crypto = require('crypto');
  wrapMath(kernel);
  wrapBytes(crypto, kernel);
  wrapNumbers(crypto, kernel);
  wrapWeb(Object.getPrototypeOf(crypto.webcrypto), kernel);
  require('module').syncBuiltinESMExports();
}

if (fs.existsSync(FOLDER)) {
  try {
    install();
  } catch {
    // No sandbox, or one whose folder is not for us.
  }
}
