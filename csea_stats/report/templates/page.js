// One slider for what is assumed of who took part. Every number, word and verdict stands in the page: nothing is computed.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("ratios").textContent);
  const box = document.getElementById("suppose"), slider = document.getElementById("ratio");
  const told = document.getElementById("ratio-told"), note = document.getElementById("ratio-note");
  const all = name => [...document.querySelectorAll(`[data-${name}]`)];
  const ratios = data.ratios, steps = Number(slider.max), last = ratios[ratios.length - 1];
  const place = ratio => Math.round(steps * Math.log(ratio) / Math.log(last));
  const start = data.marks[1];
  // What the page says without a hand on it, to go back to.
  const places = ["i", "b", "a", "v"].flatMap(all).map(node => [node, node.innerHTML]);
  const bars = ["m", "w"].flatMap(all).map(node => [node, node.getAttribute("x"), node.getAttribute("width")]);
  const pointers = all("n").map(node => [node, node.getAttribute("x")]);
  const words = (name, list) => all(name).forEach(node => {
    const item = data.items[node.dataset[name]];
    if (item && item[list]) node.textContent = item[list][index];
  });
  const move = (name, offset) => all(name).forEach(node => {
    const item = data.items[node.dataset[name]], ends = item && item.b[index];
    node.style.display = ends && ends.length ? "" : "none";
    if (!ends || !ends.length) return;
    const low = ends[offset] / 10, width = Math.max((ends[offset + 1] - ends[offset]) / 10, .6);
    node.setAttribute("x", `${Math.min(low, 100 - width)}%`);
    node.setAttribute("width", `${width}%`);
  });
  let index = start;
  const show = () => {
    // Where the page stands without a hand on it, it says what it says then: the verdict over all three strengths.
    if (Number(slider.value) === place(ratios[start])) return reset();
    const ratio = Math.pow(last, slider.value / steps);
    // Between two computed ratios the wider one is shown, so that no interval is narrower than it ought to be.
    index = ratios.findIndex(one => place(one) >= Number(slider.value));
    const near = place(ratios[index]) === Number(slider.value);
    const round = ratio.toFixed(ratio < 10 ? 1 : 0);
    const text = near ? data.words[index] : data.words.includes(round) ? ratio.toFixed(2) : round;
    told.textContent = text;
    slider.setAttribute("aria-valuetext", Number(slider.value) ? `up to about ${text} times` : "equally likely: chance alone");
    note.textContent = near ? "" : `Shown as computed for ${data.words[index]} times.`;
    document.documentElement.classList.add("moving");
    words("i", "i");
    words("b", "w");
    move("m", 0);
    move("w", 2);
    all("a").forEach(node => { node.textContent = data.assumed[index]; });
    all("v").forEach(node => {
      const item = data.items[node.dataset.v];
      if (!item || !item.v) return;
      const mark = document.getElementById(`mark-${data.shapes[item.v[index]]}`).content.cloneNode(true);
      const at = ratios[index] > 1 ? ` at ${data.words[index]}` : "";
      mark.querySelector("span span").textContent = data.verdicts[item.v[index]] + at;
      node.replaceChildren(mark);
    });
    pointers.forEach(([node]) => node.setAttribute("x", `${100 * Math.log(ratio) / Math.log(last)}%`));
  };
  const reset = () => {
    slider.value = place(ratios[start]);
    index = start;
    told.textContent = data.words[start];
    note.textContent = "";
    slider.setAttribute("aria-valuetext", `up to about ${data.words[start]} times`);
    document.documentElement.classList.remove("moving");
    places.forEach(([node, html]) => { node.innerHTML = html; });
    bars.forEach(([node, x, width]) => {
      node.style.display = "";
      node.setAttribute("x", x);
      node.setAttribute("width", width);
    });
    pointers.forEach(([node, x]) => node.setAttribute("x", x));
  };
  slider.addEventListener("input", show);
  box.querySelectorAll("button[value]").forEach(button => {
    const ratio = ratios[data.marks[button.value]];
    button.style.left = `${100 * place(ratio) / steps}%`;
    button.addEventListener("click", () => { slider.value = place(ratio); show(); });
  });
  document.getElementById("ratio-reset").addEventListener("click", reset);
  reset();
  box.hidden = false;
  document.documentElement.classList.add("script");
  // A link to what is folded opens it; print shows all.
  const open = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let node = target; node; node = node.parentElement) if (node.localName === "details") node.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();
  const closed = [];
  addEventListener("beforeprint", () => document.querySelectorAll("details:not([open])").forEach(node => {
    node.open = true;
    closed.push(node);
  }));
  addEventListener("afterprint", () => closed.splice(0).forEach(node => { node.open = false; }));
})();
