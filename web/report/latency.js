'use strict';
// Of the report: the percentile curve, the heat map, the tables of latencies.

const kind_colors = {delivery: 'blue', ack: 'teal', delivery_first: 'violet', delivery_last: 'pink', catch_up: 'amber', connect: 'grey', reconnect: 'red', presence: 'green', receipt: 'violet', typing: 'teal', page: 'amber'};

function measured_kinds(result) {
    return Object.entries(result.latency).filter(([kind, of]) => of.count + of.missing > 0 && (kind !== 'delivery_received_only' || result.totals.missing > 0));
}

function curve_part(result) {
    const kinds = measured_kinds(result);
    if (!kinds.length) return null;
    const of = (latency) => decode_histogram(latency.histogram, latency.missing);
    const first = kinds.some(([kind]) => kind === 'delivery') ? ['delivery', 'ack'] : [kinds[0][0]];
    const marks = result.expectations.filter((one) => one.unit === 's' && /^delivery\.p/.test(one.text)).map((one) => ({y: figure(one.bound), label: one.text}));
    const parts = [percentile_chart('Latency by percentile', kinds.map(([kind, latency]) => ({label: words(kind), color: kind_colors[kind] || 'grey', histogram: of(latency), hidden: !first.includes(kind)})), marks)];
    for (const [dimension, labels] of Object.entries(dimensions_of(result.latency.delivery || {})))
        if (labels.length > 1 && !dimension.includes(','))
            parts.push(el('h3', {}, 'Delivery by ' + dimension), percentile_chart('Delivery latency by ' + dimension, labels.slice(0, palette.length).map(([label, latency], i) =>
                ({label: label.slice(dimension.length + 1), color: palette[i], histogram: of(latency)})), []));
    return section('percentiles', 'Latency by percentile',
        'From the intended send time, so that waiting of the generator or the backend counts. Each decade of the axis is ten times as rare; a line that ends before the others has no more observations, or the rest never arrived.', ...parts);
}

/// {class: [['class=group', latency]], 'class,phase': [...]}: the labels of one kind by what they are labels of.
function dimensions_of(latency) {
    const out = {};
    for (const [label, of] of Object.entries(latency.by || {})) {
        const dimension = label.split(',').map((part) => part.split('=')[0]).join(',');
        if (of.count + of.missing > 0) (out[dimension] = out[dimension] || []).push([label, of]);
    }
    return out;
}

const latency_columns = [{title: 'Latency'}, ...['Count', 'Missing', 'P50', 'P90', 'P99', 'P99.9', 'Max', 'Mean'].map((title) => ({title, number: true})), {title: '95 % of P99', number: true}];

function latency_row(name, of, kind) {
    const interval = of.p99_low === null || of.p99_low === undefined ? '' : span(of.p99_low) + ' – ' + span(of.p99_high);
    return {kind, cells: [name, count(of.count), of.missing ? count(of.missing) : '–', span(of.p50), span(of.p90), span(of.p99), span(of.p999), span(of.max), span(of.mean), interval]};
}

function tables_part(result) {
    const kinds = measured_kinds(result);
    if (!kinds.length) return null;
    const parts = [table('Latencies', latency_columns, kinds.map(([kind, of]) => latency_row(words(kind), of)))];
    const found = new Map();
    for (const [kind, of] of kinds)
        for (const [dimension, labels] of Object.entries(dimensions_of(of))) {
            if (!found.has(dimension)) found.set(dimension, []);
            found.get(dimension).push(latency_row(words(kind), of), ...labels.map(([label, inner]) => latency_row(label.replaceAll(',', ', '), inner, 'sub')));
        }
    for (const [dimension, rows] of [...found].sort((a, b) => a[0].split(',').length - b[0].split(',').length))
        parts.push(el('details', dimension.includes(',') ? {} : {open: true}, el('summary', {}, 'By ' + dimension.replaceAll(',', ' and ')), table('Latencies by ' + dimension, latency_columns, rows)));
    return section('latencies', 'Latencies', 'Of measured phases. What never arrived counts as infinitely late: a percentile that falls among it says “never”.', ...parts);
}

// Quarters of an octave, from 1 µs: as `delivery_by_second[].buckets` of the result file.
const bucket_floor = (index) => 2 ** (index / 4) / 1e6;

function heat_part(result) {
    const seconds = result.delivery_by_second || [];
    if (seconds.length < 2) return null;
    let low = Infinity, high = 0, most = 0;
    for (const second of seconds)
        for (let i = 0; i + 1 < second.buckets.length; i += 2) {
            low = Math.min(low, second.buckets[i]);
            high = Math.max(high, second.buckets[i] + 1);
            most = Math.max(most, second.buckets[i + 1]);
        }
    if (!most) return null;
    const paint = (u) => {
        const {ctx} = u, ratio = devicePixelRatio || 1;
        ctx.save();
        ctx.fillStyle = theme.color('blue');
        for (const second of seconds) {
            const left = u.valToPos(second.second, 'x', true), right = u.valToPos(second.second + 1, 'x', true);
            for (let i = 0; i + 1 < second.buckets.length; i += 2) {
                const bottom = u.valToPos(bucket_floor(second.buckets[i]), 'y', true), top = u.valToPos(bucket_floor(second.buckets[i] + 1), 'y', true);
                ctx.globalAlpha = 0.06 + 0.94 * Math.sqrt(second.buckets[i + 1] / most);
                ctx.fillRect(left, top, Math.max(right - left, ratio), bottom - top);
            }
        }
        ctx.restore();
    };
    const drawn = chart({
        label: 'Heat map of delivery latency over time', height: 280, y_log: true, x: clock, y: span_tick, y_value: span, under: paint, sync: 'time',
        y_range: () => [bucket_floor(low), bucket_floor(high)], x_range: () => [seconds[0].second, seconds[seconds.length - 1].second + 1],
        data: [seconds.map((one) => one.second + 0.5), seconds.map((one) => finite(one.p50)), seconds.map((one) => finite(one.p99))],
        series: [{label: 'P50', color: 'text', thin: true}, {label: 'P99', color: 'red', thin: true, dashed: true}],
    });
    return section('heat', 'Heat map', 'Every delivery by the second in which its message was due: the darker, the more. A late second, a slow minority or a stall show as shapes that a percentile hides.', drawn.root);
}

function finite(value) {
    const number = figure(value);
    return Number.isFinite(number) ? number : null;
}
