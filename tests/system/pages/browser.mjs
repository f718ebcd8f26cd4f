// What the tests of pages share: a Chromium that writes down what goes wrong, and the look of a chart.
import { chromium } from 'playwright-core';

export function check(condition, what) {
    if (!condition) throw new Error('FAILED: ' + what);
    console.log('ok: ' + what);
}

/// Runs `drive(page, troubles)` in a fresh browser. troubles: console errors, failed loads, uncaught exceptions; page.asked: every address asked for.
export async function browse(options, drive) {
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
    try {
        const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, ...options });
        const troubles = [], asked = [];
        page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) troubles.push(message.text()); });
        page.on('pageerror', (error) => troubles.push(String(error)));
        page.on('request', (request) => asked.push(request.url()));
        page.on('dialog', (dialog) => { troubles.push('dialog: ' + dialog.message()); dialog.dismiss(); });
        page.asked = asked;
        await drive(page, troubles);
    } finally {
        await browser.close();
    }
}

/// The share of pixels of a chart's canvas that its lines and areas were drawn on: grid and ticks are grey, what is measured has a colour.
export const inked = (chart) => chart.evaluate((host) => {
    const canvas = host.querySelector('canvas');
    const copy = document.createElement('canvas');
    copy.width = canvas.width;
    copy.height = canvas.height;
    const context = copy.getContext('2d', { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let drawn = 0;
    for (let i = 0; i < data.length; i += 4) drawn += data[i + 3] !== 0 && Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 40;
    return drawn / (data.length / 4);
});

/// Whether the page is wider than its window.
export const overflows = (page) => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
