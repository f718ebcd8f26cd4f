'use strict';
// Of the report: each fault, whom it took, and how they came back.

/// How many were online before a fault, how few during it, when 99 % of them were back.
function recovery_of(result, fault, next_start) {
    // At the end all hang up, which is nobody's fault.
    const finish = (result.phases || []).find((phase) => phase.name === 'finish');
    const series = (result.series || []).filter((one) => !finish || one.t <= finish.started);
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
    const late = (result.delivery_by_second || []).filter((one) => one.second >= fault.started && one.second < Math.min(next_start, fault.ended + 60)).map((one) => figure(one.p99)).filter((value) => !Number.isNaN(value));
    return {fault, before: before.users, lowest, gone, back, points, worst: late.length ? Math.max(...late) : NaN};
}

const index_text = (fault) => (fault.index ? fault.index + ' ' : '') + words(fault.kind);

/// What was seen of each fault in the series of the run.
function course_table(found) {
    const columns = ['At', 'Lasted', 'Connections met', 'Users online', '99 % back after', 'Worst P99'].map((title) => ({title, number: true}));
    return table('Faults', [{title: 'Fault'}, ...columns], found.map((one) => [index_text(one.fault), clock(one.fault.started), span(one.fault.ended - one.fault.started), count(one.fault.affected),
        count(one.before) + ' → ' + count(one.lowest), one.gone ? Number.isNaN(one.back) ? 'not in this run' : span(one.back) : 'nobody left', span(one.worst)]));
}

/// What the sessions that were lost tell themselves.
function storm_table(faults) {
    const storms = faults.filter((fault) => fault.lost_sessions > 0 && fault.back);
    if (!storms.length) return null;
    const per_second = (value) => (figure(value) === figure(value) ? count(value) : '–');
    const columns = ['Sessions lost', 'Back', 'Back P50', 'Back P99', 'Last back', 'Caught up P99', 'Dials a return', 'Most dials/s', 'Goodput/s', 'SLO again'].map((title) => ({title, number: true}));
    return [el('h3', {}, 'How they came back'), el('p.note', {}, 'Times count from the begin of the fault. Goodput: deliveries a second before, during and after it.'), table('Storms', [{title: 'Fault'}, ...columns], storms.map((fault) => [index_text(fault), count(fault.lost_sessions), count(fault.back.count), span(fault.back.p50), span(fault.back.p99), span(fault.back.max),
        span(fault.caught_up && fault.caught_up.p99), decimal(fault.attempts_per_return), per_second(fault.peak_attempts), fault.goodput ? [fault.goodput.before, fault.goodput.during, fault.goodput.after].map(per_second).join(' → ') : '–', span(fault.slo_again)]))];
}

/// Users online after each fault, as shares of before.
function recovery_chart(result, storms) {
    const times = [...new Set(storms.flatMap((one) => one.points.map(([t]) => Math.round(t * 2) / 2)))].sort((a, b) => a - b);
    const lines = storms.map((one) => {
        const at = new Map(one.points.map(([t, share]) => [Math.round(t * 2) / 2, share * 100]));
        let last = 100;
        const until = Math.max(...at.keys());
        return times.map((t) => (t > until ? null : (last = at.get(t) ?? last)));
    });
    return chart({title: 'Users online after each fault, of those before it', label: 'Share of users online after each fault', height: 240, x: (t) => '+' + clock(t), y: (v) => v + ' %', y_value: (v) => v.toFixed(1) + ' %', y_range: () => [0, 104],
        data: [times, ...lines], series: storms.map((one, i) => ({label: index_text(one.fault) + ' at ' + clock(one.fault.started), color: palette[i]}))}).root;
}

function recovery_part(result) {
    const all = result.faults || [];
    if (!all.length) return null;
    const timed = fired_faults(result);
    const found = timed.map((fault, i) => recovery_of(result, fault, i + 1 < timed.length ? Math.max(timed[i + 1].started, fault.started + 1) : Infinity)).filter(Boolean);
    const never = all.filter((fault) => !fault.fired), networks = all.filter((fault) => fault.cohort && fault.fired);
    const storms = found.filter((one) => one.gone).slice(0, palette.length);
    return section('recovery', 'Faults and recovery', 'Each fault, whom it took, and how long until 99 % of those who were online before were online again.',
        found.length ? course_table(found) : null, storm_table(all), storms.length ? recovery_chart(result, storms) : null,
        networks.map((fault) => el('p.note', {}, 'Cohort ' + fault.cohort + ' sat behind ' + words(fault.kind) + ': ' + count(fault.affected) + ' connections, ' + count(fault.fired) + ' times.')),
        never.map((fault) => el('p', {}, el('span.mark.warn', {}, '!'), index_text(fault) + (fault.cohort ? ' of cohort ' + fault.cohort : '') + ' never bit')));
}
