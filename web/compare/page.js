'use strict';
// A comparison as a page: what changed, by how much, and the curves of both sides.

const changes = {
    same: ['good', 'Same', 'No figure changed by more than the margin.'],
    better: ['good', 'Better', 'At least one figure is better, and none is worse.'],
    worse: ['bad', 'Worse', 'Beyond what differs between two runs of the same.'],
    undecided: ['warn', 'Undecided', 'These runs prove neither.'],
};
const change_of = (name) => changes[name] || ['warn', String(name), ''];

function change_text(ratio) {
    const value = figure(ratio);
    return Number.isFinite(value) ? (value >= 1 ? '+' : '−') + Math.abs((value - 1) * 100).toFixed(1) + ' %' : '–';
}

function value_text(one, value) {
    return one.unit === 's' ? span(value) : Number.isNaN(figure(value)) ? '–' : +figure(value).toPrecision(4);
}

/// Runs as dots on a line from least to most, the base above and now below.
function dots(one) {
    const all = [...one.base, ...one.now].map(figure).filter(Number.isFinite);
    const low = Math.min(...all), high = Math.max(...all);
    const ns = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(ns, 'svg');
    svg.setAttribute('viewBox', '0 0 160 24');
    svg.setAttribute('class', 'dots');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', 'base: ' + one.base.map((v) => value_text(one, v)).join(', ') + '; now: ' + one.now.map((v) => value_text(one, v)).join(', '));
    for (const [values, y, kind] of [[one.base, 7, 'base'], [one.now, 17, 'now']])
        for (const value of values.map(figure)) {
            if (!Number.isFinite(value)) continue;
            const dot = document.createElementNS(ns, 'circle');
            dot.setAttribute('cx', high > low ? 6 + 148 * (value - low) / (high - low) : 80);
            dot.setAttribute('cy', y);
            dot.setAttribute('r', 3.4);
            dot.setAttribute('class', kind);
            svg.append(dot);
        }
    return svg;
}

function figures_table(one, base) {
    const mark = (name) => el('span.mark.' + change_of(name)[0], {}, {same: '=', better: '↑', worse: '↓', undecided: '?'}[name]);
    const rows = one.figures.map((row) => [row.name, [mark(row.change), row.change, row.why ? el('div.note', {}, row.why) : null], value_text(row, row.base_middle), value_text(row, row.now_middle), change_text(row.ratio),
        figure(row.low) === figure(row.low) ? change_text(row.low) + ' to ' + change_text(row.high) : '–', figure(row.effect).toFixed(2), dots(row)]);
    return table(one.name + ' against ' + base, [{title: 'Figure'}, {title: 'Verdict'}, {title: 'Base', number: true}, {title: 'Now', number: true}, {title: 'Change', number: true}, {title: '95 % interval', number: true}, {title: 'Effect', number: true}, {title: 'Runs: base above, now below'}], rows);
}

function curves(result, kind, title) {
    const lines = result.sides.map((side, i) => ({
        label: (i === 0 ? 'base: ' : '') + side.name, color: palette[i % palette.length],
        histogram: merge_histograms(side.runs.map((run) => decode_histogram((run.latency[kind] || {}).histogram, (run.latency[kind] || {}).missing))),
    })).filter((line) => line.histogram.count > 0);
    return lines.length ? [el('h3', {}, title), percentile_chart(title, lines, [])] : [];
}

function comparison(result, page) {
    const [kind, word, says] = change_of(result.change);
    document.title = word + ' · hubbub';
    const base = result.sides[0].name;
    const fact = (name, value) => el('li', {}, name + ' ', el('b', {}, value));
    page.append(
        el('div.top', {}, el('span.brand', {}, 'hubbub'), el('span', {}, 'comparison'), theme.button()),
        el('section.verdict.' + kind, {}, el('h1', {}, el('span.word', {}, word), ' · ', result.sides.slice(1).map((side) => side.name).join(', ') + ' against ' + base), el('p.says', {}, says),
            el('ul.facts', {}, fact('margin', percent(result.margin)), result.least ? fact('least', span(result.least)) : null, result.sides.map((side) => fact(side.name + ':', side.runs.length + ' runs')), fact('exit code', result.exit_code))),
        ...result.comparisons.map((one, i) => section('comparison-' + i, one.name + ' against ' + base, 'Geometric means over runs; the interval is Welch’s, of their ratio. Effect: +1 when every run now is above every run before.',
            figures_table(one, base), one.notes.map((note) => el('p', {}, el('span.mark.warn', {}, '!'), note)))),
        section('curves', 'Latency by percentile', 'All runs of a side together.', ...curves(result, 'delivery', 'Delivery'), ...curves(result, 'ack', 'Acknowledgement')),
        section('runs', 'Runs', null, table('Runs', [{title: 'Side'}, {title: 'File'}, {title: 'Verdict'}, {title: 'Started'}, {title: 'Again'}],
            result.sides.flatMap((side) => side.runs.map((run) => [side.name, run.file, run.verdict, String(run.started_at || '').replace('T', ' ').replace('Z', ''), run.command || ''])))),
        el('footer', {}, 'Made by hubbub; this page asks no network for anything.'));
}

try {
    comparison(JSON.parse(document.getElementById('data').textContent), document.getElementById('page'));
} catch (error) {
    document.getElementById('page').append(el('section', {}, el('h1', {}, 'This comparison cannot be drawn'), el('p', {}, String(error))));
    throw error;
}
