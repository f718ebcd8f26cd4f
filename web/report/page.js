'use strict';
// The report as a whole. Owned by nobody: runs once, over the result file in the page.

function health_part(result) {
    const health = result.health;
    const errors = Object.entries(result.connection_errors || {}).sort((a, b) => b[1] - a[1]);
    const rows = [['Schedule lag P99', span(health.schedule_lag_p99), 'how much later than intended the generator itself sent'], ['Loop lag P99', span(health.loop_lag_p99), 'length of its turns'],
        ['CPU', percent(health.cpu), 'seconds of CPU a second, generator alone'], ['Steal', health.steal === null ? 'unknown' : percent(health.steal), 'taken by the hypervisor'],
        ['Guard', health.guard_ok ? 'ok' : 'failed', health.guard_ok ? 'the generator was good enough for the bounds of this run' : 'latency expectations do not count']];
    return section('health', 'Generator health', null, table('Generator health', [{title: 'What'}, {title: 'Value', number: true}, {title: ''}], rows),
        errors.length ? [el('h3', {}, 'Connection errors'), table('Connection errors', [{title: 'Stage'}, {title: 'Count', number: true}], errors.map(([stage, n]) => [stage, count(n)]))] : null);
}

function totals_part(result) {
    const totals = Object.entries(result.totals).map(([name, n]) => [words(name), count(n)]);
    return section('totals', 'Totals', null, el('div.columns', {}, totals.map(([name, n]) => el('div.pair', {}, el('span', {}, name), el('b', {}, n)))));
}

function environment_part(result) {
    const facts = Object.entries(result.environment || {});
    return section('environment', 'Environment', null, table('Environment', [{title: 'Fact'}, {title: 'Value'}], facts.length ? facts.map(([name, value]) => [words(name), value]) : [['unknown', '']]));
}

function report(result, page) {
    document.title = verdict_of(result)[1] + ' · ' + result.scenario.name + ' · hubbub';
    // Who was not reached was not judged: no latencies, and above all no ticks.
    const judged = result.verdict !== 'unreachable';
    const parts = [violations_part(result), judged ? expectations_part(result) : null, judged ? counters_part(result) : null, ...(judged ? [curve_part(result), timeline_part(result), heat_part(result), recovery_part(result), tables_part(result)] : []),
        health_part(result), totals_part(result), environment_part(result)].filter(Boolean);
    page.append(
        el('div.top', {}, el('span.brand', {}, 'hubbub'), el('span', {}, 'report'), theme.button()),
        verdict_part(result), judged ? tiles_part(result) : el('div', {}),
        el('nav', {'aria-label': 'Parts of the report'}, parts.map((part) => el('a', {href: '#' + part.id}, part.querySelector('h2').textContent))),
        ...parts,
        el('footer', {}, 'Made by hubbub from the result file in this page; it asks no network for anything. ', el('button.quiet', {type: 'button', onclick: () => save(result)}, 'save the JSON')));
}

function save(result) {
    const link = el('a', {href: URL.createObjectURL(new Blob([JSON.stringify(result)], {type: 'application/json'})), download: 'result.json'});
    link.click();
}

try {
    report(JSON.parse(document.getElementById('data').textContent), document.getElementById('page'));
} catch (error) {
    document.getElementById('page').append(el('section', {}, el('h1', {}, 'This result file cannot be drawn'), el('p', {}, String(error))));
    throw error;
}
