'use strict';
// Figures as people read them. The result file says +infinity as "+Inf" and what was not measured as null.

function figure(value) {
    if (value === '+Inf') return Infinity;
    if (value === '-Inf') return -Infinity;
    return typeof value === 'number' ? value : NaN;
}

/// Seconds as "830 µs", "1.7 ms", "2.41 s"; "never", "–".
function span(seconds) {
    const value = figure(seconds);
    if (Number.isNaN(value)) return '–';
    if (value === Infinity) return 'never';
    const size = Math.abs(value);
    if (size === 0) return '0 s';
    if (size < 0.9995e-3) return (value * 1e6).toFixed(0) + ' µs';
    if (size < 0.09995) return (value * 1e3).toFixed(1) + ' ms';
    if (size < 0.9995) return (value * 1e3).toFixed(0) + ' ms';
    if (size < 99.95) return value.toFixed(2) + ' s';
    return value.toFixed(0) + ' s';
}

/// The same, short, for the ticks of an axis.
function span_tick(seconds) {
    if (seconds === 0) return '0';
    if (seconds < 0.9995e-3) return +(seconds * 1e6).toPrecision(3) + ' µs';
    if (seconds < 0.9995) return +(seconds * 1e3).toPrecision(3) + ' ms';
    return +seconds.toPrecision(3) + ' s';
}

function count(value) {
    const number = figure(value);
    return Number.isNaN(number) ? '–' : number === Infinity ? 'never' : number.toLocaleString('en-US', {maximumFractionDigits: 0});
}

function count_tick(value) {
    const size = Math.abs(value);
    if (size >= 1e6) return +(value / 1e6).toPrecision(3) + ' M';
    if (size >= 1e3) return +(value / 1e3).toPrecision(3) + ' k';
    return String(+value.toPrecision(3));
}

function decimal(value) {
    const number = figure(value);
    return Number.isNaN(number) ? '–' : number.toLocaleString('en-US', {maximumFractionDigits: 1});
}

function percent(share) {
    const number = figure(share);
    return Number.isNaN(number) ? '–' : +(number * 100).toPrecision(3) + ' %';
}

/// Seconds since the run began as "12 s", "1:05", "1:02:05".
function clock(seconds) {
    const whole = Math.round(seconds);
    if (Math.abs(whole) < 60) return (Number.isInteger(seconds) ? whole : +seconds.toFixed(1)) + ' s';
    const two = (n) => String(n).padStart(2, '0');
    const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
    return hours ? hours + ':' + two(minutes) + ':' + two(whole % 60) : minutes + ':' + two(whole % 60);
}

/// "delivery_first" as "delivery first".
function words(name) {
    return String(name).replaceAll('_', ' ');
}

/// Cut for a place that has no room for more.
function cut(text, most) {
    const all = [...String(text)];
    return all.length > most ? all.slice(0, most - 1).join('') + '…' : all.join('');
}
