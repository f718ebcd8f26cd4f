'use strict';
// The percentile curve, and the colours that lines get in turn.

const palette = ['blue', 'teal', 'violet', 'pink', 'amber', 'green', 'red', 'grey'];

/// lines: [{label, color, histogram, hidden}]
function percentile_chart(label, lines, marks) {
    const most = Math.max(10, ...lines.map((line) => line.histogram.count + line.histogram.missing));
    const grid = percentile_grid(most);
    const splits = [1, 2];
    for (let x = 10; x <= most; x *= 10) splits.push(x);
    return chart({
        label, height: 300, x_log: true, y_log: true,
        x: (x, full) => (full ? 'P' + +((1 - 1 / x) * 100).toPrecision(Math.max(3, Math.ceil(Math.log10(x)) + 2)) : percentile_tick(x)), y: span_tick, y_value: span,
        x_splits: () => splits, x_range: () => [1, grid[grid.length - 1]], marks,
        data: [grid, ...lines.map((line) => percentile_curve(line.histogram, grid))],
        series: lines.map((line) => ({label: line.label, color: line.color, hidden: line.hidden})),
    }).root;
}
