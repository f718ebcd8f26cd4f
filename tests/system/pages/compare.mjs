// node compare.mjs FOLDER: looks at the page that compare_test.py made.
import { browse, check, inked, overflows } from './browser.mjs';

for (const [colorScheme, width] of [['light', 1200], ['dark', 390]])
    await browse({ colorScheme, viewport: { width, height: 900 } }, async (page, troubles) => {
        await page.goto('file://' + process.argv[2] + '/compare.html');
        await page.locator('canvas').first().waitFor();
        check((await page.locator('h1').textContent()).startsWith('Worse · <img'), 'the verdict is the heading, and names stay texts');
        check((await page.locator('#comparison-0 tbody tr').count()) === 5, 'every figure has its row');
        check((await page.locator('#comparison-0 tbody tr', { hasText: 'delivery.p99' }).textContent()).includes('worse'), 'with its verdict');
        check((await page.locator('#comparison-0 circle').count()) === 30, 'and a dot a run');
        check((await page.locator('#runs tbody tr').count()) === 6, 'every run is named');
        for (const chart of await page.locator('.plot').all()) check((await inked(chart)) > 0.0005, 'the curves are drawn');
        check(!(await overflows(page)), 'no wider than its window');
        check((await page.evaluate(() => window.hacked)) === undefined && page.asked.length === 1, 'nothing runs, nothing is asked of a network');
        check(troubles.length === 0, `nothing in the console ${troubles}`);
    });
