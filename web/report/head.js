'use strict';
// Of the report: the verdict, the tiles, expectations, counters, violations.

const verdicts = {
    pass: ['good', 'Pass', 'Every message is where it should be, and in time.'],
    slo: ['bad', 'Service level missed', 'Correct, but not within the bounds.'],
    violation: ['bad', 'Violation', 'The backend broke its promises.'],
    inconclusive: ['warn', 'Inconclusive', 'This run proves nothing, for the reasons below.'],
    unverified: ['warn', 'Unverified', 'Not everything could be looked at, so this is no pass.'],
    unreachable: ['warn', 'Unreachable', 'The target could not be used.'],
    interrupted: ['warn', 'Interrupted', 'What was seen until then stands below.'],
    error: ['warn', 'Error', 'A bug of hubbub.'],
};

function verdict_of(result) {
    return verdicts[result.verdict] || ['warn', String(result.verdict), ''];
}

function verdict_part(result) {
    const [kind, word, says] = verdict_of(result);
    const fact = (name, value) => (value === '' || value === undefined || value === null ? null : el('li', {}, name + ' ', el('b', {}, value)));
    const others = (result.verdicts || []).filter((one) => one !== result.verdict);
    return el('section.verdict.' + kind, {id: 'verdict', 'aria-labelledby': 'verdict-title'},
        el('h1', {id: 'verdict-title'}, el('span.word', {}, word), ' · ', result.scenario.name),
        el('p.says', {}, says),
        result.error ? el('p', {}, result.error) : null,
        result.health.reasons.map((reason) => el('p', {}, el('span.mark.warn', {}, '!'), reason)),
        el('ul.facts', {},
            fact('seed', result.scenario.seed), fact('users', count(result.totals.users)), fact('lasted', span(result.duration)),
            fact('started', String(result.started_at || '').replace('T', ' ').replace('Z', ' UTC')), fact('scenario', result.scenario.file),
            fact('hash', result.scenario.hash), fact('exit code', result.exit_code), others.length ? fact('also', others.join(', ')) : null),
        result.command ? command(result.command) : null);
}

function tile(name, value, besides, kind) {
    return el('div.tile' + (kind ? '.' + kind : ''), {}, el('div.name', {}, name), el('div.figure', {}, value), el('div.besides', {}, besides || ''));
}

function tiles_part(result) {
    const latency = (kind) => result.latency[kind] || {};
    const delivery = latency('delivery'), ack = latency('ack'), totals = result.totals;
    const broken = Object.values(result.broken).reduce((sum, n) => sum + n, 0);
    const interval = delivery.p99_low !== null && delivery.p99_low !== undefined ? '95 %: ' + span(delivery.p99_low) + ' – ' + span(delivery.p99_high) : 'intended send to receipt';
    return el('div.tiles', {},
        tile('Delivery P50', span(delivery.p50), count(delivery.count) + ' deliveries'),
        tile('Delivery P99', span(delivery.p99), interval),
        tile('Acknowledged P99', span(ack.p99), count(ack.count) + ' messages'),
        tile('Messages a second', decimal(result.rate.achieved), 'of ' + decimal(result.rate.requested) + ' requested'),
        tile('Missing', count(totals.missing), 'of ' + count(totals.expected) + ' expected', totals.missing ? 'bad' : 'good'),
        tile('Violations', count(broken), broken ? Object.keys(result.broken).map(words).join(', ') : 'in every counter that was checked', broken ? 'bad' : 'good'));
}

function expectations_part(result) {
    if (!result.expectations.length) return null;
    const shown = (expectation, value) => (expectation.unit === 's' ? span(value) : /\.errors/.test(expectation.text) ? percent(value) : String(+figure(value).toPrecision(4)));
    const rows = result.expectations.map((expectation) => {
        const lost = expectation.unit === 's' && !result.health.guard_ok;
        const share = figure(expectation.value) / figure(expectation.bound);
        const gauge = el('span.gauge' + (expectation.ok ? '' : '.bad'), {'aria-hidden': 'true'}, el('i', {}));
        gauge.firstChild.style.width = Math.min(100, Math.max(0, Number.isFinite(share) ? share * 100 : 100)) + '%';
        return [[el('span.mark.' + (expectation.ok ? 'good' : 'bad'), {}, expectation.ok ? '✓' : '✗'), expectation.text, lost ? el('span.note', {}, ' does not count: the generator was late') : null],
            expectation.value === null ? 'not measured' : shown(expectation, expectation.value), shown(expectation, expectation.bound), figure(expectation.bound) > 0 ? gauge : ''];
    });
    return section('expectations', 'Expectations', null, table('Expectations', [{title: 'Expectation'}, {title: 'Value', number: true}, {title: 'Bound', number: true}, {title: 'Used'}], rows));
}

function counters_part(result) {
    const chip = (kind, mark, text) => el('li.' + kind, {}, el('span.mark', {}, mark), text);
    const blind = new Set(result.not_checked);
    const chips = Object.entries(result.violations).map(([name, n]) => {
        if (name in result.broken) return chip('bad', '✗', words(name) + ' ' + count(n));
        if (blind.has(name)) return chip('off', '–', words(name) + ' not checked');
        if (n > 0) return chip('off', '·', words(name) + ' ' + count(n) + ' permitted');
        return chip('good', '✓', words(name) + ' 0');
    });
    const sampled = Object.entries(result.sampled || {}).map(([name, sample]) => el('p.note', {}, words(name) + ' was judged on a sample: ' + sample));
    return section('checks', 'Checks', 'What every message was held to. A counter that must be 0 in this delivery mode and is not makes the run a violation.', el('ul.chips', {}, chips), sampled);
}

function violations_part(result) {
    if (!result.evidence.length) return null;
    const kinds = [...new Set(result.evidence.map((one) => one.kind))];
    const host = el('div', {});
    const columns = [{title: 'Counter'}, {title: 'At', number: true}, {title: 'Conversation'}, {title: 'Sender'}, {title: 'k', number: true}, {title: 'Sequence', number: true}, {title: 'Receiver'}, {title: 'Why'}];
    const show = (kind) => host.replaceChildren(table('Evidence', columns, result.evidence.filter((one) => !kind || one.kind === kind).map((one) =>
        [words(one.kind), one.at === null ? '–' : figure(one.at).toFixed(3) + ' s', one.conversation, one.sender || '–', one.k || '–', one.sequence || '–', one.receiver || '–', one.why])));
    const buttons = [['all', null], ...kinds.map((kind) => [words(kind) + ' ' + count(result.violations[kind]), kind])].map(([label, kind], i, all) =>
        el('button', {type: 'button', 'aria-pressed': String(i === 0), onclick: (event) => {
            for (const other of event.target.parentNode.children) other.setAttribute('aria-pressed', String(other === event.target));
            show(kind);
        }}, label));
    show(null);
    return section('violations', 'Violations, with evidence',
        'The earliest cases of each counter, 100 at most. k: the sender’s k-th message in this conversation; sequence: the number that the backend gave it; at: seconds since the run began.',
        el('p', {}, 'Seed ', el('b', {}, result.scenario.seed), '; the same users, messages and times again:'), command(result.command || 'hubbub run'), el('div.pick', {role: 'group', 'aria-label': 'Counter'}, buttons), host);
}
