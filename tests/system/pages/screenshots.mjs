// node screenshots.mjs FOLDER NAME=URL...: NAME.png (light), NAME-dark.png, NAME-phone.png, NAME-timeline.png and NAME-recovery.png where there are such parts.
import { browse } from './browser.mjs';

const [, , folder, ...pages] = process.argv;
for (const [name, url] of pages.map((page) => [page.slice(0, page.indexOf('=')), page.slice(page.indexOf('=') + 1)]))
    for (const [suffix, options] of [['', { colorScheme: 'light' }], ['-dark', { colorScheme: 'dark' }], ['-phone', { colorScheme: 'dark', viewport: { width: 390, height: 1400 } }]])
        await browse({ viewport: { width: 1100, height: 1500 }, ...options }, async (page) => {
            await page.goto(url);
            await page.locator('canvas').first().waitFor();
            await page.waitForTimeout(1200);
            await page.screenshot({ path: `${folder}/${name}${suffix}.png` });
            if (suffix === '') for (const part of ['timeline', 'recovery']) if (await page.locator('#' + part).count()) await page.locator('#' + part).screenshot({ path: `${folder}/${name}-${part}.png` });
        });
