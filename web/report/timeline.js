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

/// How many were online before a fault, how few during it, when 99 % of them were back.
function recovery_of(result, fault, next_start) {
    const series = result.series || [];
    const before = series.filter((one) => one.t <= fault.started).pop();
    if (!before || !before.users) return null;
    const after = series.filter((one) => one.t > fault.started && one.t <= next_start);
    let lowest = before.users, gone = false, back = NaN;
    for (const one of after) {
        lowest = Math.min(lowest, one.users);
        gone = gone || one.users < before.users * 0.99;
        if (gone && Number.isNaN(back) && one.users >= before.users * 0.99) back = one.t - fault.started;
    }
    const points = [[0, 1], ...after.map((one) => [one.t - fault.started, one.users / before.users])];
    const late = (result.delivery_by_second || []).filter((one) => one.second >= fault.started && one.second < Math.min(next_start, fault.ended + 60)).map((one) => figure(one.p99));
    return {fault, before: before.users, lowest, gone, back, points, worst: late.length ? Math.max(...late) : NaN};
}

function recovery_part(result) {
    const faults = fired_faults(result);
    const found = faults.map((fault, i) => recovery_of(result, fault, i + 1 < faults.length ? Math.max(faults[i + 1].started, fault.started + 1) : Infinity)).filter(Boolean);
    if (!(result.faults || []).length) return null;
    const rows = found.map((one) => [words(one.fault.kind), clock(one.fault.started), span(one.fault.ended - one.fault.started), count(one.fault.affected), count(one.before) + ' → ' + count(one.lowest),
        one.gone ? Number.isNaN(one.back) ? 'not in this run' : span(one.back) : 'nobody left', span(one.worst)]);
    const never = result.faults.filter((fault) => fault.fired === false || fault.fired === 0 || fault.started === null);
    const parts = [table('Recovery', [{title: 'Fault'}, {title: 'At', number: true}, {title: 'Lasted', number: true}, {title: 'Affected', number: true}, {title: 'Online', number: true}, {title: '99 % back after', number: true}, {title: 'Worst P99', number: true}], rows),
        ...never.map((fault) => el('p', {}, el('span.mark.warn', {}, '!'), words(fault.kind) + ' never bit'))];
    const storms = found.filter((one) => one.gone).slice(0, palette.length);
    if (storms.length) {
        const times = [...new Set(storms.flatMap((one) => one.points.map(([t]) => Math.round(t * 2) / 2)))].sort((a, b) => a - b);
        const lines = storms.map((one) => {
            const at = new Map(one.points.map(([t, share]) => [Math.round(t * 2) / 2, share * 100]));
            let last = 100;
            const until = Math.max(...at.keys());
            return times.map((t) => (t > until ? null : (last = at.get(t) ?? last)));
        });
        parts.push(chart({title: 'Who is back', label: 'Share of users online after each fault', height: 240, x: (t) => '+' + clock(t), y: (v) => v + ' %', y_value: (v) => v.toFixed(1) + ' %', y_range: () => [0, 104], data: [times, ...lines],
            series: storms.map((one, i) => ({label: words(one.fault.kind) + ' at ' + clock(one.fault.started), color: palette[i]}))}).root);
    }
    return section('recovery', 'Faults and recovery', 'Each fault, whom it took, and how long until 99 % of those who were online before were online again.', ...parts);
}
