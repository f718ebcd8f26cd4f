'use strict';
// The percentile curve, and the colours that lines get in turn.

const palette = ['blue', 'teal', 'violet', 'pink', 'amber', 'green', 'red', 'grey'];

/// lines: [{label, color, histogram, hidden}]
function percentile_chart(label, lines, marks) {
    const most = Math.max(10, ...lines.map((line) => line.histogram.count + line.histogram.missing));
    const grid = percentile_grid(most);
    const splits = [1, 2];
    for (let x = 10; x <= most; x *= 10) splits.push(x);
    const curves = lines.map((line) => percentile_curve(line.histogram, grid));
    const values = curves.flat().filter((value) => value > 0), low = Math.min(...values), high = Math.max(...values);
    // Decades would press what differs little into one line.
    const close = values.length > 0 && high < low * 5;
    return chart({
        label, height: 300, x_log: true, y_log: !close, ...(close ? {y_range: () => [low * 0.9, high * 1.1]} : {}),
        x: (x, full) => (full ? 'P' + +((1 - 1 / x) * 100).toPrecision(Math.max(3, Math.ceil(Math.log10(x)) + 2)) : percentile_tick(x)), y: span_tick, y_value: span,
        x_splits: () => splits, x_range: () => [1, grid[grid.length - 1]], marks,
        data: [grid, ...curves],
        series: lines.map((line) => ({label: line.label, color: line.color, hidden: line.hidden})),
    }).root;
}
