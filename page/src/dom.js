// element('p', { class: 'note' }, 'text', child): strings become text, never markup, whatever a report holds.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value != null) made.setAttribute(key, value);
  made.append(...children.filter((child) => child != null));
  return made;
}

export function section(title, note, ...children) {
  const id = title.toLowerCase().replace(/[^a-z]+/g, '-');
  return element(
    'section',
    { id, 'aria-labelledby': `${id}-title` },
    element('h2', { id: `${id}-title` }, title),
    note ? element('p', { class: 'note' }, note) : null,
    ...children,
  );
}

// A table whose first column names the rows; columns: [{ title, value(row), text? }], text for what is no number.
export function table(caption, columns, rows) {
  const head = columns.map((column) =>
    element('th', { scope: 'col', class: column.text ? null : 'number' }, column.title),
  );
  const body = rows.map((row) =>
    element(
      'tr',
      {},
      ...columns.map((column, index) =>
        element(
          index === 0 ? 'th' : 'td',
          { scope: index === 0 ? 'row' : null, class: column.text ? null : 'number' },
          column.value(row) ?? '–',
        ),
      ),
    ),
  );
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    element(
      'table',
      {},
      element('caption', {}, caption),
      element('thead', {}, element('tr', {}, ...head)),
      element('tbody', {}, ...body),
    ),
  );
}

// Buttons of which one is pressed; calls chosen(value) with it.
export function choice(label, options, chosen) {
  const buttons = options.map(([value, title]) => {
    const button = element('button', { type: 'button', 'aria-pressed': 'false' }, title);
    button.addEventListener('click', () => press(button, value));
    return button;
  });
  const press = (pressed, value) => {
    for (const button of buttons) button.setAttribute('aria-pressed', String(button === pressed));
    chosen(value);
  };
  if (options.length > 0) press(buttons[0], options[0][0]);
  return element('div', { class: 'choice', role: 'group', 'aria-label': label }, ...buttons);
}
