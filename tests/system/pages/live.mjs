// node live.mjs URL PID: drives the live page of the run that live_test.py plays.
import { browse, check, inked, overflows } from './browser.mjs';

const [, , url, pid] = process.argv;
const origin = new URL(url).origin, token = new URL(url).searchParams.get('token');

// Without the token.
for (const [what, path, options] of [
    ['the page without a token', '/', {}], ['the page with another', '/?token=' + token.slice(1) + 'x', {}], ['figures without a token', '/figures', {}], ['figures with the token in the address alone', '/figures?token=' + token, {}],
    ['the button without a token', '/stop', { method: 'POST' }], ['the button with another', '/stop', { method: 'POST', headers: { Authorization: 'Bearer x' } }],
])
    check((await fetch(origin + path, options)).status === 403, what + ' is refused');
const known = { headers: { Authorization: 'Bearer ' + token } };
check((await fetch(origin + '/stop', known)).status === 405, 'a GET stops nothing');
check((await fetch(origin + '/other', known)).status === 404, 'nothing else is there');
const answer = await fetch(url);
check(answer.headers.get('cache-control') === 'no-store' && answer.headers.get('x-frame-options') === 'DENY' && answer.headers.get('referrer-policy') === 'no-referrer', 'the page is neither kept, nor framed, nor told to others');

await browse({ viewport: { width: 390, height: 900 }, colorScheme: 'dark' }, async (page, troubles) => {
    await page.goto(url);
    await page.locator('.state.good').waitFor();
    check(!(await overflows(page)), 'on a phone it is no wider than its window');
    check(troubles.length === 0, `nothing in the console ${troubles}`);
});

await browse({}, async (page, troubles) => {
    await page.goto(url);
    const tile = (name) => page.locator('.tile', { hasText: name });
    const total = async () => Number((await tile('Deliveries a second').locator('.besides').textContent()).replaceAll(/\D/g, ''));
    const moved = (before) => page.waitForFunction((least) => Number([...document.querySelectorAll('.tile')][1].querySelector('.besides').textContent.replaceAll(/\D/g, '')) > least, before, { timeout: 20000 });
    await moved(0);
    const before = await total();
    await moved(before + 100);
    check(true, `figures move: ${before}, then ${await total()} deliveries`);
    await page.waitForFunction(() => live.points.length >= 5 && live.latency.length >= 5);
    for (const part of ['latency', 'rate', 'users', 'histogram', 'violations'])
        check((await inked(page.locator('#' + part + ' .plot'))) > 0.0005, `the chart of ${part} is drawn`);
    check((await page.locator('h1').first().textContent()).startsWith('<img src=x onerror='), 'a hostile name is text');
    check(/\d/.test(await tile('Violations').locator('.besides').textContent()) && (await tile('Violations').getAttribute('class')).includes('bad'), 'violations are named while it runs');
    check((await page.locator('.phases .now').textContent()).startsWith('steady'), 'the phase that runs is marked');

    process.kill(pid, 'SIGSTOP');
    await page.locator('.state.warn').waitFor({ timeout: 20000 });
    check(true, 'it says when there is no answer');
    const stood = await total();
    process.kill(pid, 'SIGCONT');
    await moved(stood + 50);
    check(await page.locator('.state.good').isVisible(), 'and comes back by itself');
    const points = await page.evaluate(() => live.points.map((point) => point[0]));
    check(points.every((t, i) => i === 0 || t > points[i - 1]), 'no point of the course came twice');

    await page.getByRole('button', { name: 'Stop the run' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('#ending').waitFor({ timeout: 40000 });
    const ending = await page.locator('#ending').textContent();
    check(ending.includes('violation'), 'the verdict is shown at the end: ' + ending);
    check((await page.evaluate(() => window.hacked)) === undefined && page.asked.every((asked) => asked.startsWith(origin)), 'nothing foreign ran or was asked');
    check(troubles.length === 0, `nothing in the console ${troubles}`);
});
