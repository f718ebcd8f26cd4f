'use strict';
// HdrHistogram's V2 encoding as hubbub writes it (base/histogram_codec.hpp): 2 digits from 1 µs, a stored zlib stream.

/// {buckets: Map(index -> count), count, missing}; nothing where there is none to read.
function decode_histogram(text, missing) {
    const out = {buckets: new Map(), count: 0, missing: missing || 0};
    if (!text) return out;
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const head = 8 + 2 + 5;  // cookie and length; zlib's header; the stored block's
    if (bytes.length < head + 40 || (bytes[8] & 15) !== 8 || bytes[10] !== 1) return out;
    const view = new DataView(bytes.buffer, head);
    const end = head + 40 + view.getUint32(4);
    let at = head + 40, index = 0;
    while (at < end) {
        let value = 0, scale = 1, byte;
        do {
            byte = bytes[at++];
            value += (byte & 127) * scale;
            scale *= 128;
        } while (byte > 127 && at < end);
        const signed = value % 2 ? -(value + 1) / 2 : value / 2;
        if (signed < 0) {
            index -= signed;
        } else {
            if (signed > 0) out.buckets.set(index, signed);
            out.count += signed;
            ++index;
        }
    }
    return out;
}

/// Addition: many runs as one.
function merge_histograms(all) {
    const out = {buckets: new Map(), count: 0, missing: 0};
    for (const one of all) {
        for (const [index, n] of one.buckets) out.buckets.set(index, (out.buckets.get(index) || 0) + n);
        out.count += one.count;
        out.missing += one.missing;
    }
    return out;
}

/// The highest value, in seconds, that falls into a bucket: 256 buckets of 1 µs, then 128 for each doubling.
function bucket_value(index) {
    if (index < 256) return index / 1e6;
    const octave = Math.floor(index / 128) - 1;
    return ((index - octave * 128 + 1) * 2 ** octave - 1) / 1e6;
}

/// Values at 1 / (1 - p) for each of `grid`, rising; null past the last observation and where it never arrived.
function percentile_curve(histogram, grid) {
    const total = histogram.count + histogram.missing;
    const rising = [...histogram.buckets].sort((a, b) => a[0] - b[0]);
    let seen = 0, at = -1;
    return grid.map((x) => {
        if (!total || x > total * 1.0000001) return null;
        const rank = Math.max(1, Math.ceil(total * (1 - 1 / x) - 1e-9));
        while (seen < rank && at + 1 < rising.length) seen += rising[++at][1];
        return seen >= rank && at >= 0 ? bucket_value(rising[at][0]) || null : null;  // 0 has no place on a logarithmic axis
    });
}

/// The axis of HdrHistogram's plots: each half of the remaining distance to 100 % is as wide as the last.
function percentile_grid(most) {
    const grid = [], end = Math.log10(Math.max(10, most));
    for (let k = 0; k <= end * 40; ++k) grid.push(10 ** (k / 40));
    if (most > grid[grid.length - 1]) grid.push(most);
    return grid;
}

function percentile_tick(x) {
    if (x === 1) return '0 %';
    const digits = Math.max(0, Math.ceil(Math.log10(x)) - 2);
    return +((1 - 1 / x) * 100).toFixed(digits + (x === 2 ? 0 : 0)) + ' %';
}
