'use strict';
// Light, dark, or as the system says; whoever draws is told of a change.

const theme = {listeners: []};

theme.color = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
theme.changed = () => theme.listeners.forEach((listener) => listener());

/// A button that goes round: automatic, light, dark.
theme.button = () => {
    const names = ['auto', 'light', 'dark'];
    const kept = () => { try { return localStorage.getItem('hubbub-theme'); } catch { return null; } };
    const keep = (name) => { try { localStorage.setItem('hubbub-theme', name); } catch { /* a file has no store */ } };
    let now = names.includes(kept()) ? kept() : 'auto';
    const button = el('button.quiet', {type: 'button', onclick: () => {
        now = names[(names.indexOf(now) + 1) % names.length];
        keep(now);
        apply();
        theme.changed();
    }});
    const apply = () => {
        if (now === 'auto') delete document.documentElement.dataset.theme;
        else document.documentElement.dataset.theme = now;
        button.textContent = 'theme: ' + now;
    };
    apply();
    return button;
};

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', theme.changed);
