'use strict';
// Line charts over uPlot: an own legend of buttons, bands behind the lines, a cursor for mouse and keys, and every
// colour from the theme.

const dash = [5, 4];

/// spec: {label, height, x, y, y_log, x_log, x_splits, x_range, y_range, data, series: [{label, color, fill, bars, hidden, format}],
/// bands: [{from, to, label, kind}], marks: [{y, label}], sync, under}. Data: [xs, ys...]. x and y format ticks; `under` draws
/// below the lines. Returns {root, update(data)}.
function chart(spec) {
    const canvas = el('div.plot', {tabindex: 0, role: 'img', 'aria-label': spec.label + '. Arrow keys move the cursor.'});
    const legend = el('div.legend', {});
    const root = el('figure.chart', {}, spec.title ? el('figcaption', {}, spec.title) : null, canvas, legend);
    const shown = spec.series.map((one) => !one.hidden);
    let data = spec.data, plot = null;

    const draw = () => {
        if (plot) plot.destroy();
        const width = Math.max(200, canvas.clientWidth);
        plot = new uPlot(options_of(spec, shown, width, (u) => show_values(u)), data, canvas);
        canvas.uplot = plot;
    };
    const values = spec.series.map(() => el('span.value', {}, ''));
    const where = el('span.where', {}, '');
    const show_values = (u) => {
        const at = u.cursor.idx;
        const known = at !== null && at !== undefined;
        where.textContent = known ? spec.x(u.data[0][at], true) : '';
        spec.series.forEach((one, i) => {
            const value = known ? u.data[i + 1][at] : null;
            values[i].textContent = value === null || value === undefined ? '' : (one.format || spec.y_value || spec.y)(value);
        });
    };
    legend.append(...spec.series.map((one, i) => {
        const button = el('button.key', {type: 'button', 'aria-pressed': String(shown[i]), onclick: () => {
            shown[i] = !shown[i];
            button.setAttribute('aria-pressed', String(shown[i]));
            plot.setSeries(i + 1, {show: shown[i]});
        }}, el('span.swatch.c-' + one.color, {}), cut(one.label, 40), values[i]);
        return button;
    }), where);

    canvas.addEventListener('keydown', (event) => {
        const xs = data[0], last = xs.length - 1;
        if (last < 0) return;
        const at = plot.cursor.idx ?? 0;
        const to = {ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last, PageUp: at - 10, PageDown: at + 10}[event.key];
        if (to === undefined) return;
        event.preventDefault();
        plot.setCursor({left: plot.valToPos(xs[Math.min(last, Math.max(0, to))], 'x'), top: 10});
    });
    theme.listeners.push(draw);
    new ResizeObserver(() => {
        const width = canvas.clientWidth;
        if (!width) return;
        if (!plot) draw();
        else if (width !== plot.width) plot.setSize({width, height: spec.height || 220});
    }).observe(canvas);
    return {root, update(next) {
        data = next;
        if (plot) plot.setData(data);
    }};
}

function options_of(spec, shown, width, moved) {
    const axis = {stroke: theme.color('dim'), font: '12px system-ui, sans-serif', grid: {stroke: theme.color('line'), width: 1}, ticks: {show: false}};
    return {
        width, height: spec.height || 220,
        padding: [spec.bands ? 18 : 8, 26, 0, 0],
        legend: {show: false},
        cursor: {y: false, points: {size: 7}, drag: {x: false, y: false}, ...(spec.sync ? {sync: {key: spec.sync, setSeries: false}} : {})},
        scales: {
            x: {time: false, distr: spec.x_log ? 3 : 1, log: 10, ...(spec.x_range ? {range: spec.x_range} : {})},
            y: {distr: spec.y_log ? 3 : 1, log: 10, range: spec.y_range || (spec.y_log ? log_range : zero_range)},
        },
        axes: [
            {...axis, space: 64, size: 30, gap: 6, values: (u, ticks) => spaced(u, ticks, spec.x), ...(spec.x_splits ? {splits: spec.x_splits, filter: (u, ticks) => ticks} : spec.x_log ? {filter: decades, grid: {...axis.grid, filter: decades}} : {})},
            {...axis, size: 62, values: (u, ticks) => ticks.map((t) => (t === null ? null : spec.y(t))), ...(spec.y_log ? {filter: decades, grid: {...axis.grid, filter: decades}} : {})},
        ],
        series: [{}, ...spec.series.map((one, i) => series_of(one, shown[i]))],
        hooks: {
            drawClear: [(u) => { (spec.bands ? spec.bands() : []).forEach((band) => draw_band(u, band)); if (spec.under) spec.under(u); }],
            draw: [(u) => (spec.marks || []).forEach((mark) => draw_mark(u, mark))],
            setCursor: [moved],
        },
    };
}

function series_of(one, show) {
    const stroke = theme.color(one.color);
    return {
        show, stroke, width: one.thin ? 1 : 2, dash: one.dashed ? dash : undefined, spanGaps: false, points: {show: false},
        ...(one.fill ? {fill: stroke + '22'} : {}),
        ...(one.bars ? {paths: uPlot.paths.bars({size: [0.7, 14]}), fill: stroke, width: 0} : {}),
        ...(one.steps ? {paths: uPlot.paths.stepped({align: 1})} : {}),
    };
}

/// Labels of those ticks that have room for one.
function spaced(u, ticks, format) {
    let free = -Infinity;
    return ticks.map((t) => {
        if (t === null) return null;
        const text = format(t), half = text.length * 3.6, at = u.valToPos(t, 'x');
        if (at - half < free) return null;
        free = at + half + 4;
        return text;
    });
}

// From nothing up, with a little air above.
function zero_range(u, least, most) {
    return [0, most > 0 ? most * 1.08 : 1];
}
function log_range(u, least, most) {
    if (!(least > 0) || !(most > 0)) return [1e-4, 1];
    const low = 10 ** Math.floor(Math.log10(least)), high = 10 ** Math.ceil(Math.log10(most * 1.05));
    return [low, Math.max(high, low * 10)];
}
function decades(u, ticks) {
    return ticks.map((t) => (t > 0 && Math.abs(Math.log10(t) - Math.round(Math.log10(t))) < 1e-6 ? t : null));
}

/// A span of time behind the lines; `kind` fault is filled and its name has room up to `until`, phase only bounded.
function draw_band(u, band) {
    const {ctx, bbox} = u, ratio = devicePixelRatio || 1;
    const place = (x) => (x === Infinity ? bbox.left + bbox.width : Math.min(bbox.left + bbox.width, Math.max(bbox.left, u.valToPos(x, 'x', true))));
    const from = place(band.from), to = place(Math.max(band.to, band.from));
    ctx.save();
    if (band.kind === 'fault') {
        ctx.globalAlpha = 0.16;
        ctx.fillStyle = theme.color('amber');
        ctx.fillRect(from, bbox.top, Math.max(to - from, 2 * ratio), bbox.height);
        ctx.globalAlpha = 1;
    } else {
        ctx.strokeStyle = theme.color('line-strong');
        ctx.setLineDash([2 * ratio, 3 * ratio]);
        ctx.beginPath();
        ctx.moveTo(from, bbox.top - 4 * ratio);
        ctx.lineTo(from, bbox.top + bbox.height);
        ctx.stroke();
    }
    if (band.label) {
        ctx.font = 11 * ratio + 'px system-ui, sans-serif';
        ctx.textAlign = 'left';
        ctx.fillStyle = theme.color(band.kind === 'fault' ? 'amber' : 'dim');
        ctx.textBaseline = band.kind === 'fault' ? 'top' : 'bottom';
        const room = to - from - 6 * ratio;
        const wide = ctx.measureText(band.label).width;
        // A phase that is too narrow for its name goes without; a fault is named as far as there is room.
        if (band.kind === 'fault') {
            const left = Math.min(from + 4 * ratio, bbox.left + bbox.width - wide);
            ctx.beginPath();
            ctx.rect(left, bbox.top, Math.max(0, place(band.until ?? Infinity) - left - 4 * ratio), bbox.height);
            ctx.clip();
            ctx.fillText(band.label, left, bbox.top + 3 * ratio);
        } else if (wide <= room) ctx.fillText(band.label, from + 4 * ratio, bbox.top - 4 * ratio);
    }
    ctx.restore();
}

/// A bound: a dashed line with its name.
function draw_mark(u, mark) {
    const {ctx, bbox} = u, ratio = devicePixelRatio || 1;
    if (mark.y < u.scales.y.min || mark.y > u.scales.y.max) return;
    const y = u.valToPos(mark.y, 'y', true);
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = theme.color('red');
    ctx.globalAlpha = 0.75;
    ctx.setLineDash([6 * ratio, 4 * ratio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.font = 11 * ratio + 'px system-ui, sans-serif';
    ctx.textAlign = 'left';
    ctx.textBaseline = 'bottom';
    ctx.fillText(mark.label, bbox.left + 6 * ratio, y - 2 * ratio);
    ctx.restore();
}
