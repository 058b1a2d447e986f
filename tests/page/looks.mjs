// What of an open page can't be read, or sticks out.

// Runs in the page: the contrast of every text with what lies behind it, by WCAG 2.2, "contrast ratio". In a chart that
// is the card, for no text lies on a bar.
function contrastInPage() {
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = channels(colour)
      .slice(0, 3)
      .map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((channels(colour)[3] ?? 1) > 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const texts = [...document.querySelectorAll('body *')].filter(
    (node) =>
      node.checkVisibility() &&
      node.tagName !== 'SCRIPT' &&
      [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim()),
  );
  const found = texts.map((node) => {
    const style = getComputedStyle(node);
    const [one, other] = [luminance(node.closest('svg') ? style.fill : style.color), luminance(behind(node))];
    return [(Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05), node.textContent.trim().slice(0, 40)];
  });
  return {
    texts: found.length,
    inCharts: texts.filter((node) => node.closest('svg')).length,
    worst: found.sort((a, b) => a[0] - b[0])[0],
  };
}

// { texts, inCharts, worst: [contrast, text] }; what can be read has 4.5 or more.
export const worstContrast = (page) => page.value(`(${contrastInPage})()`);

// The texts of charts that stick out.
export const beyond = (page) =>
  page.value(`[...document.querySelectorAll('.chart svg text')].filter((text) => {
      const [box, chart] = [text.getBoundingClientRect(), text.closest('.chart').getBoundingClientRect()];
      return box.width > 0 && (box.left < chart.left - 1 || box.right > chart.right + 1);
    }).map((text) => text.closest('.chart').id + ': ' + text.textContent)`);
