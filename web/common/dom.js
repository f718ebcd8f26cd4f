'use strict';
// Elements made by calls. Whatever a backend said becomes a text node: nothing here takes markup.

/// el('td.number', {title: 'x'}, 'text', otherElement): null children are left out; `on...` are listeners.
function el(spec, attributes, ...children) {
    const [tag, ...classes] = spec.split('.');
    const element = document.createElement(tag);
    if (classes.length) element.className = classes.join(' ');
    for (const [name, value] of Object.entries(attributes || {})) {
        if (value === null || value === undefined || value === false) continue;
        if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
        else element.setAttribute(name, value === true ? '' : String(value));
    }
    for (const child of children.flat(Infinity)) {
        if (child === null || child === undefined) continue;
        element.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
    return element;
}

/// A part of the page with a heading that links and screen readers find.
function section(id, title, note, ...children) {
    return el('section', {id, 'aria-labelledby': id + '-title'},
        el('h2', {id: id + '-title'}, title), note ? el('p.note', {}, note) : null, ...children);
}

/// A table in a frame of its own that scrolls sideways on narrow screens. Columns: [{title, number}].
function table(label, columns, rows) {
    const cell = (tag, column, content, attributes) => el(column.number ? tag + '.number' : tag, attributes, content);
    return el('div.scroll', {tabindex: 0, role: 'region', 'aria-label': label},
        el('table', {},
            el('thead', {}, el('tr', {}, columns.map((column) => cell('th', column, column.title, {scope: 'col'})))),
            el('tbody', {}, rows.map((row) => el('tr' + (row.kind ? '.' + row.kind : ''), {},
                (row.cells || row).map((content, i) => i === 0 ? cell('th', columns[i], content, {scope: 'row'}) : cell('td', columns[i], content)))))));
}

/// A command with a button that copies it.
function command(text) {
    const button = el('button.quiet', {type: 'button', onclick: async () => {
        try {
            await navigator.clipboard.writeText(text);
            button.textContent = 'copied';
        } catch {
            getSelection().selectAllChildren(code);  // without a clipboard: at least selected
        }
    }}, 'copy');
    const code = el('code', {tabindex: 0}, text);
    return el('div.command', {}, code, button);
}
