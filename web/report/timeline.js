'use strict';
// Of the report: what happened when, faults behind it, and how the backend came back after each.

/// Phases and faults as bands behind a chart.
function bands_of(result, with_phases) {
    const phases = with_phases ? (result.phases || []).map((phase) => ({from: phase.started, to: phase.ended, label: phase.name, kind: 'phase'})) : [];
    return [...phases, ...fired_faults(result).map((fault, i, all) => ({until: i + 1 < all.length ? all[i + 1].started : Infinity, from: fault.started, to: fault.ended, label: with_phases ? cut(words(fault.kind), 24) : '', kind: 'fault'}))];
}

/// The faults that came to be, with times that are numbers.
function fired_faults(result) {
    return (result.faults || []).filter((fault) => Number.isFinite(figure(fault.started)))
        .map((fault) => ({...fault, started: figure(fault.started), ended: Number.isFinite(figure(fault.ended)) ? figure(fault.ended) : result.duration}));
}

function timeline_part(result) {
    const series = result.series || [], seconds = result.delivery_by_second || [];
    if (series.length < 2 && seconds.length < 2) return null;
    const bands = () => bands_of(result, true), faults = () => bands_of(result, false);
    const end = Math.max(result.duration || 0, ...series.map((one) => one.t));
    const common = {x: clock, sync: 'time', x_range: () => [0, end]};
    const parts = [];
    if (seconds.length >= 2)
        parts.push(chart({...common, title: 'Delivery latency', label: 'Delivery latency over time', height: 220, y_log: true, y: span_tick, y_value: span, bands,
            data: [seconds.map((one) => one.second + 0.5), seconds.map((one) => finite(one.p50)), seconds.map((one) => finite(one.p99))],
            series: [{label: 'P50', color: 'teal'}, {label: 'P99', color: 'blue'}]}).root);
    if (series.length >= 2) {
        const times = series.map((one) => one.t), column = (name) => series.map((one) => one[name]);
        parts.push(
            chart({...common, title: 'Messages and deliveries a second', label: 'Throughput over time', height: 180, y: count_tick, y_value: count, bands: seconds.length >= 2 ? faults : bands,
                data: [times, column('delivered'), column('sent'), column('acked')],
                series: [{label: 'delivered', color: 'blue', fill: true}, {label: 'sent', color: 'violet'}, {label: 'acknowledged', color: 'teal'}]}).root,
            chart({...common, title: 'Users online', label: 'Users online over time', height: 140, y: count_tick, y_value: count, bands: faults,
                data: [times, column('users'), column('reconnects').map((n) => n || null)], series: [{label: 'online', color: 'teal', fill: true}, {label: 'reconnects', color: 'amber', bars: true}]}).root);
        if (series.some((one) => one.violations > 0))
            parts.push(chart({...common, title: 'Violations, when they were seen', label: 'Violations over time', height: 120, y: count_tick, y_value: count, bands: faults,
                data: [times, column('violations')], series: [{label: 'violations', color: 'red', bars: true}]}).root);
    }
    return section('timeline', 'Timeline', 'Latencies stand at the second in which the message was due; everything else at the second in which it happened. Losses are known at the end only.' + (fired_faults(result).length ? ' The amber bands are faults.' : ''), ...parts);
}
