// node report.mjs FOLDER: looks at the reports that report_test.py made.
import { readFileSync } from 'node:fs';
import { browse, check, inked, overflows } from './browser.mjs';

const folder = process.argv[2];
const of = (name) => 'file://' + folder + '/' + name + '.html';
const charts = (page) => page.locator('.plot').all();

async function drawn(page, what, least) {
    const all = await charts(page);
    check(all.length >= least, `${what}: ${all.length} charts`);
    for (const chart of all) {
        const share = await inked(chart);
        if (share < 0.0005) throw new Error(`FAILED: ${what}: a chart is blank (${share})`);
    }
    check(true, `${what}: each of them is drawn`);
}

for (const scheme of ['light', 'dark'])
    for (const width of [1200, 390])
        await browse({ colorScheme: scheme, viewport: { width, height: 900 } }, async (page, troubles) => {
            await page.goto(of('storm'));
            await page.locator('canvas').first().waitFor();
            await drawn(page, `${scheme}, ${width} wide`, 7);
            check(!(await overflows(page)), 'no wider than its window');
            check(troubles.length === 0, `nothing in the console ${troubles}`);
            check(page.asked.every((url) => url.startsWith('file://') || url.startsWith('data:')), 'no network is asked');
            const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number)[0]);
            check((background < 60) === (scheme === 'dark'), `it is ${scheme}`);
        });

await browse({}, async (page, troubles) => {
    await page.goto(of('storm'));
    await page.locator('canvas').first().waitFor();
    const result = JSON.parse(await page.locator('#data').textContent());
    check((await page.locator('h1').textContent()) === 'Violation · pages', 'the verdict is the heading');
    check((await page.locator('#violations tbody tr').count()) === result.evidence.length, `all ${result.evidence.length} cases of evidence are shown`);
    check((await page.locator('#violations').textContent()).includes(result.command), 'with the command that replays them');
    check((await page.locator('#expectations tbody tr').count()) === result.expectations.length, 'every expectation is shown');
    const recovery = await page.locator('#recovery').innerText();
    for (const said of ['1 kill server', '40 → 5', '300 → – → 299', 'never', '2 latency never bit', 'Cohort mobile sat behind 3g: 7 connections'])
        if (!recovery.includes(said)) throw new Error(`FAILED: ${said} in ${recovery}`);
    check(true, 'each fault, how everybody came back, and those that never bit');
    check((await page.locator('#latencies').textContent()).includes('class=group'), 'tables by class');

    // The same curve as the result's own figures: P99 of the page's decoder against that of the program.
    const p99 = await page.evaluate(() => {
        const of = JSON.parse(document.getElementById('data').textContent).latency.ack;
        return [percentile_curve(decode_histogram(of.histogram, of.missing), [2, 100]), [of.p50, of.p99], decode_histogram(of.histogram, 0).count === of.count];
    });
    check(JSON.stringify(p99[0].map((x) => x.toFixed(9))) === JSON.stringify(p99[1].map((x) => x.toFixed(9))) && p99[2], `histograms are read as they were written: ${p99[0]}`);

    // By keyboard alone.
    await page.locator('.plot').first().focus();
    for (let i = 0; i < 30; ++i) await page.keyboard.press('ArrowRight');
    check((await page.locator('.chart').first().locator('.value').allTextContents()).some((text) => text !== ''), 'arrow keys move the cursor of a chart and its legend tells the values');
    const before = await inked(page.locator('.plot').first());
    await page.locator('.chart').first().locator('.key').first().focus();
    await page.keyboard.press('Enter');
    await page.waitForTimeout(200);
    check((await inked(page.locator('.plot').first())) < before, 'Enter on a line of the legend hides it');
    await page.getByRole('button', { name: /theme/ }).click();
    await page.getByRole('button', { name: 'theme: light' }).click();
    await page.waitForTimeout(200);
    check((await page.evaluate(() => document.documentElement.dataset.theme)) === 'dark', 'the theme goes round');
    await drawn(page, 'after a change of theme', 7);
    check(troubles.length === 0, `nothing in the console ${troubles}`);
});

await browse({}, async (page, troubles) => {
    const text = readFileSync(folder + '/hostile.html', 'utf8');
    check(text.includes('onerror=') && text.includes('window.hacked'), 'the hostile texts are in the page');
    await page.goto(of('hostile'));
    await page.locator('canvas').first().waitFor();
    for (const chart of await charts(page)) await chart.hover({ force: true });
    await page.waitForTimeout(500);
    check((await page.evaluate(() => window.hacked)) === undefined, 'they run nothing');
    check((await page.locator('main img, main script, main svg').count()) === 0, 'they are no elements');
    check((await page.locator('h1').textContent()).includes('<img src=x onerror='), 'they are text');
    check(page.asked.length === 1, `nothing else is asked for: ${page.asked}`);
    check(troubles.length === 0, `nothing in the console ${troubles}`);
    // The second wall: even what got in as an element could not run.
    await page.evaluate(() => {
        const script = document.createElement('script');
        script.textContent = 'window.hacked = 1';
        document.body.append(script);
        const image = document.createElement('div');
        image.innerHTML = '<img src=x onerror="window.hacked = 1">';
        document.body.append(image);
    });
    await page.waitForTimeout(300);
    check((await page.evaluate(() => window.hacked)) === undefined && troubles.length > 0, 'the content security policy stops what is not its own script');
});

await browse({}, async (page, troubles) => {
    await page.goto(of('unreachable'));
    await page.locator('h1').waitFor();
    check((await page.locator('#checks, #expectations').count()) === 0, 'who was not reached is not ticked');
    await page.goto(of('old'));
    await drawn(page, 'a result without the newer keys', 3);
    check(troubles.length === 0, `nothing in the console ${troubles}`);
});
