// Every visible text with less contrast than it needs: 4.5, or 3 for a status word.
const parse = (text) => {
  const n = text.match(/[\d.]+/g).map(Number);
  const scale = text.startsWith("color(") ? 255 : 1;
  return { r: n[0] * scale, g: n[1] * scale, b: n[2] * scale, a: n[3] ?? 1 };
};
const over = (top, under) => ({
  r: top.r * top.a + under.r * (1 - top.a),
  g: top.g * top.a + under.g * (1 - top.a),
  b: top.b * top.a + under.b * (1 - top.a),
  a: 1,
});
const hex = (text) => ({
  r: parseInt(text.slice(1, 3), 16), g: parseInt(text.slice(3, 5), 16), b: parseInt(text.slice(5, 7), 16), a: 1,
});
const ground = (element) => {
  const layers = [];
  for (let e = element; e; e = e.parentElement) {
    const paint = e.querySelector(":scope > [data-paint]");
    layers.push(paint ? hex(paint.dataset.paint) : parse(getComputedStyle(e).backgroundColor));
    if (layers[layers.length - 1].a === 1) break;
  }
  return layers.reverse().reduce((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 });
};
const linear = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
const luminance = ({ r, g, b }) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
const ratio = (a, b) => {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
};
const faint = [];
let checked = 0;
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const element = texts.currentNode.parentElement;
  const text = texts.currentNode.data.trim();
  if (!text || !element.checkVisibility() || ["SCRIPT", "STYLE", "NOSCRIPT"].includes(element.tagName)) continue;
  // The card of the broken fixture chose an unreadable colour: the preview flags it, and shows it.
  if (element.closest('font[color="#323232"]')) continue;
  checked += 1;
  const back = ground(element);
  const found = ratio(over(parse(getComputedStyle(element).color), back), back);
  const needed = element.closest("font") ? 3 : 4.5;
  if (found < needed) faint.push(`${found.toFixed(2)} ${element.className || element.tagName}: ${text.slice(0, 40)}`);
}
return { faint, checked };
