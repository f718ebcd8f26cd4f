'use strict';
// The live page: asks for what is new twice a second, and goes on asking whatever happens.

const token = new URLSearchParams(location.search).get('token') || '';
const every_ms = 500, patience_ms = 4000;

const live = {points: [], latency: [], now: null, ended: false, failures: 0};

async function ask(path, options) {
    return fetch(path, {...options, headers: {Authorization: 'Bearer ' + token}, cache: 'no-store', signal: AbortSignal.timeout(patience_ms)});
}

/// The column of points that the server numbers: t, users, sent, acked, delivered, violations, reconnects.
const column = (index) => live.points.map((point) => point[index]);
const lasted = () => Math.max(10, live.now ? live.now.t : 0);
const faults = (named) => (!live.now ? [] : live.now.faults.filter((fault) => Number.isFinite(figure(fault.started))).map((fault) => ({from: fault.started, to: Number.isFinite(figure(fault.ended)) ? figure(fault.ended) : live.now.t, label: named ? cut(words(fault.kind), 24) : '', kind: 'fault'})));
const phases = () => (!live.now ? [] : live.now.phases.map((phase) => ({from: phase.started, to: phase.ended, label: phase.name, kind: 'phase'})));

const time = {x: clock, sync: 'live', x_range: () => [0, lasted()], bands: () => faults(false)};
const charts = {
    latency: chart({...time, bands: () => [...phases(), ...faults(true)], label: 'Delivery latency', y_log: true, y: span_tick, y_value: span, data: [[], [], []], series: [{label: 'P50', color: 'teal'}, {label: 'P99', color: 'blue'}]}),
    rate: chart({...time, label: 'Deliveries and messages a second', height: 180, y: count_tick, y_value: count, data: [[], [], []], series: [{label: 'delivered', color: 'blue', fill: true}, {label: 'sent', color: 'violet'}]}),
    users: chart({...time, label: 'Users online and reconnects', height: 180, y: count_tick, y_value: count, data: [[], [], []], series: [{label: 'online', color: 'teal', fill: true}, {label: 'reconnects', color: 'amber', bars: true}]}),
    violations: chart({...time, label: 'Violations', height: 150, y: count_tick, y_value: count, data: [[], []], series: [{label: 'violations', color: 'red', bars: true}]}),
    histogram: chart({label: 'Latency histogram', height: 240, x_log: true, x: span_tick, y: count_tick, y_value: count, data: [[], []], series: [{label: 'deliveries', color: 'blue', fill: true, steps: true}],
        x_range: (u, least, most) => (least > 0 && most > least ? [least, most] : [1e-4, 1])}),
};

const parts = {};

function tile_of(key, name) {
    parts[key] = {figure: el('div.figure', {}, '–'), besides: el('div.besides', {}, '')};
    parts[key].root = el('div.tile', {}, el('div.name', {}, name), parts[key].figure, parts[key].besides);
    return parts[key].root;
}

function set(key, value, besides, kind) {
    parts[key].figure.textContent = value;
    parts[key].besides.textContent = besides || '';
    parts[key].root.className = 'tile' + (kind ? ' ' + kind : '');
}

function build(page) {
    parts.title = el('h1', {}, 'hubbub');
    parts.state = el('span.state', {role: 'status'}, el('i', {}), el('span', {}, 'connecting'));
    parts.stop = el('button.stop', {type: 'button', onclick: stop}, 'Stop the run');
    parts.phases = el('ul.phases', {'aria-label': 'Phases'});
    parts.ending = el('div', {'aria-live': 'polite'});
    page.append(
        el('div.top', {}, el('span.brand', {}, 'hubbub'), el('span', {}, 'live'), theme.button()),
        el('section', {'aria-label': 'The run'}, el('div.bar', {}, parts.title, parts.state, parts.stop), parts.phases), parts.ending,
        el('div.tiles', {}, tile_of('p99', 'Delivery P99, last seconds'), tile_of('delivered', 'Deliveries a second'), tile_of('sent', 'Messages a second'), tile_of('users', 'Users online'), tile_of('violations', 'Violations so far'), tile_of('health', 'Generator lag P99')),
        section('latency', 'Delivery latency', null, charts.latency.root),
        el('div.two', {}, section('rate', 'Messages and deliveries a second', null, charts.rate.root), section('users', 'Connections', null, charts.users.root)),
        el('div.two', {}, section('histogram', 'Latency histogram', 'Every delivery so far, in quarters of an octave.', charts.histogram.root), section('violations', 'Violations', 'Losses are known at the end only.', charts.violations.root)));
}

async function stop() {
    parts.stop.disabled = true;
    parts.stop.textContent = 'stopping …';
    try {
        const answer = await ask('/stop', {method: 'POST'});
        if (!answer.ok) throw new Error();
    } catch {
        parts.stop.disabled = false;
        parts.stop.textContent = 'Stop the run';
    }
}

function state(kind, text) {
    parts.state.className = 'state ' + kind;
    parts.state.lastChild.textContent = text;
}

function show_phases(planned, current) {
    if (parts.phases.children.length !== planned.length) parts.phases.replaceChildren(...planned.map((phase) => el('li', {}, phase.name, el('span.track', {}, el('i', {})))));
    planned.forEach((phase, i) => {
        const item = parts.phases.children[i];
        item.className = phase.begun && !phase.over ? 'now' : '';
        item.lastChild.firstChild.style.width = (phase.over ? 100 : phase.begun ? Math.min(1, phase.share ?? 0.5) * 100 : 0) + '%';
        item.setAttribute('aria-label', phase.name + (phase.over ? ', done' : phase.begun ? ', now: ' + current : ''));
    });
}

function show(now) {
    live.points.push(...now.points);
    live.latency.push(...now.latency);
    live.now = now;
    const f = now.figures;
    document.title = (now.ending ? now.ending.verdict : clock(Math.round(now.t))) + ' · ' + now.scenario + ' · hubbub';
    parts.title.textContent = now.scenario;
    show_phases(now.planned, now.phase);
    set('p99', span(f.p99), 'P50 ' + span(f.p50));
    set('delivered', count(f.delivered_per_second), count(f.delivered) + ' in all');
    set('sent', count(f.sent_per_second), count(f.acked) + ' acknowledged, ' + count(f.waiting) + ' waiting');
    set('users', count(f.online), 'of ' + count(f.users) + ', ' + count(f.reconnects) + ' reconnects');
    set('violations', count(f.violations), Object.entries(f.violation_kinds).map(([kind, n]) => words(kind) + ' ' + count(n)).join(', '), f.violations ? 'bad' : 'good');
    set('health', span(f.schedule_lag_p99), 'CPU ' + percent(f.cpu));
    const times = column(0), latency = (i) => live.latency.map((point) => (i ? finite_above(point[i]) : point[0]));
    charts.latency.update([latency(0), latency(1), latency(2)]);
    charts.rate.update([times, column(4), column(2)]);
    charts.users.update([times, column(1), column(6).map((n) => n || null)]);
    charts.violations.update([times, column(5)]);
    charts.histogram.update(histogram_of(now.buckets));
    if (now.ending) end(now.ending);
    else state('good', now.phase + ', ' + clock(Math.round(now.t)));
}

function finite_above(value) {
    const number = figure(value);
    return Number.isFinite(number) && number > 0 ? number : null;
}

/// Each bucket from its floor on, empty ones between as nothing; closed by an empty one.
function histogram_of(buckets) {
    const counts = new Map();
    for (let i = 0; i + 1 < buckets.length; i += 2) counts.set(buckets[i], buckets[i + 1]);
    if (!counts.size) return [[], []];
    const xs = [], ys = [], last = Math.max(...counts.keys()) + 1;
    for (let index = Math.min(...counts.keys()); index <= last; ++index) {
        xs.push(2 ** (index / 4) / 1e6);
        ys.push(counts.get(index) || 0);
    }
    return [xs, ys];
}

function end(ending) {
    live.ended = true;
    const good = ending.verdict === 'pass';
    state(good ? 'good' : 'bad', 'over');
    parts.stop.disabled = true;
    parts.stop.textContent = 'over';
    const value = (one) => (one.value === null ? 'not measured' : one.unit === 's' ? span(one.value) : String(figure(one.value)));
    parts.ending.replaceChildren(el('section.verdict.' + (good ? 'good' : ['slo', 'violation'].includes(ending.verdict) ? 'bad' : 'warn'), {id: 'ending'},
        el('h1', {}, el('span.word', {}, ending.verdict)), el('p', {}, 'exit code ' + ending.exit_code),
        ending.reasons.map((reason) => el('p', {}, el('span.mark.warn', {}, '!'), reason)),
        el('ul.chips', {}, ending.broken.map((one) => el('li.bad', {}, el('span.mark', {}, '✗'), words(one.counter) + ' ' + count(one.count))),
            ending.expectations.map((one) => el('li.' + (one.ok ? 'good' : 'bad'), {}, el('span.mark', {}, one.ok ? '✓' : '✗'), one.text + ': ' + value(one)))),
        command(ending.command)));
}

async function turn() {
    try {
        const answer = await ask('/figures?points=' + live.points.length + '&latency=' + live.latency.length);
        if (answer.status === 403) return state('bad', 'the address lacks the token that hubbub printed');
        if (!answer.ok) throw new Error(answer.statusText);
        const now = await answer.json();
        live.failures = 0;
        show(now);
    } catch (error) {
        if (error instanceof TypeError || error.name === 'TimeoutError' || error.name === 'AbortError') {
            ++live.failures;
            state('warn', live.failures > 20 ? 'hubbub is gone; asking on' : 'no answer; asking again');
        } else {
            throw error;
        }
    } finally {
        if (!live.ended) setTimeout(turn, Math.min(every_ms * (1 + live.failures), 3000));
    }
}

build(document.getElementById('page'));
turn();
