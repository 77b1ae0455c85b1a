// Compares style sheets as a browser sees them.
//
// stdin: a JSON list of [name, css before, css after] file paths; stdout: {"rules": how many lines were compared,
// "differences": [[name, first difference], …]}. Without arguments everything that scripts can read must be equal
// (`safe`). With `--longhands` it is what an element gets that must be equal (`full`): per longhand, the sequence of
// (conditions, selector, value) that can win, values as computed where they are spelt differently. With `--inline` the
// list holds style sheets, not paths.
import { readFileSync } from "node:fs";
import { withBrowser } from "./launch.mjs";

const mode = process.argv.includes("--longhands") ? "longhands" : "exact";
const inline = process.argv.includes("--inline");
const pairs = JSON.parse(readFileSync(0, "utf8"));

async function prepare(page) {
  // Odd sizes and colours, so that no relative value equals an absolute one by chance; not displayed, so that computed
  // values are not replaced by used ones.
  await page.setContent(`<!doctype html><html style="font-size:17.31px"><body>
    <div style="font-size:13.37px;color:rgb(1,2,3);display:none"><div id="probe"></div></div>`);

  await page.evaluate(() => {
    const keys = ["selectorText", "conditionText", "name", "keyText", "href", "layerName", "supportsText", "prefix",
      "namespaceURI", "syntax", "inherits", "initialValue", "containerName", "containerQuery", "start", "end", "system",
      "symbols", "additiveSymbols", "negative", "range", "pad", "fallback", "speakAs", "fontFamily", "basePalette",
      "overrideColors", "returnType", "navigation", "types"];
    const load = (css) => {
      const element = document.createElement("style");
      element.textContent = css.replace(/^\ufeff/, ""); // as decoding a file does
      document.head.append(element);
      return element;
    };

    // Everything that scripts can read, a line each. cssText too: a shorthand with var() has no longhands to list.
    window.exact = (css) => {
      const element = load(css);
      const lines = [];
      const style = (of, depth) => {
        for (const name of of) {
          lines.push(`${depth}  ${name}:${of.getPropertyValue(name)}!${of.getPropertyPriority(name)}`);
        }
        lines.push(`${depth}  ${of.cssText}`);
      };
      const walk = (rules, depth) => {
        for (const rule of rules) {
          lines.push(depth + rule.constructor.name);
          for (const key of keys) {
            if (rule[key] !== undefined) lines.push(`${depth}${key}=${[].concat(rule[key]).join()}`);
          }
          if (rule.getParameters) lines.push(`${depth}parameters=${JSON.stringify(rule.getParameters())}`);
          if (rule.nameList) lines.push(`${depth}names=${[...rule.nameList]}`);
          if (rule.media) lines.push(`${depth}media=${rule.media.mediaText}`);
          if (rule.style) style(rule.style, depth);
          const inner = !rule.href && rule.cssRules;
          lines.push(`${depth}text=${inner && inner.length ? rule.cssText.split("{")[0] : rule.cssText}`);
          if (inner) walk(inner, `${depth} `);
        }
      };
      walk(element.sheet.cssRules, "");
      element.remove();
      return lines;
    };

    // What each longhand can be won by.
    const probe = document.getElementById("probe");
    // Spellings that mean the same by definition, and that Chromium keeps apart.
    const canonical = (name, text) => {
      const angles = { "to top": "0deg", "to right": "90deg", "to left": "270deg" };
      const easings = { "cubic-bezier(0.42, 0, 1, 1)": "ease-in", "cubic-bezier(0.25, 0.1, 0.25, 1)": "ease",
        "cubic-bezier(0, 0, 0.58, 1)": "ease-out", "cubic-bezier(0.42, 0, 0.58, 1)": "ease-in-out" };
      text = text.replace(/(?<=gradient\()to (top|right|left)(?=,)/g, (side) => angles[side]);
      text = text.replace(/cubic-bezier\([^)]*\)/g, (easing) => easings[easing] ?? easing);
      // As a position, 0% is 0px whatever the size; for the others 0 is a multiple of something.
      if (/(position(-[xy])?|-origin)$/.test(name)) text = text.replace(/(?<![\d.])0%/g, "0px");
      if (name === "color-scheme") text = text.split(" ").sort().join(" ");
      text = text.replace(/ at center center(?=\))/, "").replace("oblique 14deg", "oblique");
      if (/(-outset|image-width|tab-size)$/.test(name)) text = text.replace(/(?<![\d.])0px/g, "0");
      return text;
    };
    const cache = new Map();
    const computed = (name, value) => {
      const key = `${name}:${value}`;
      if (!cache.has(key)) {
        probe.style.cssText = "";
        probe.style.setProperty(name, value);
        const text = probe.style.length ? getComputedStyle(probe).getPropertyValue(name) || value : value;
        cache.set(key, canonical(name, text));
      }
      return cache.get(key);
    };
    const squeezed = (text) => text.replace(/\s*([,:()<>=/*!])\s*/g, "$1").replace(/\s+/g, " ").replace(/(?<![\d.])0\./g, ".").trim();
    const split = (text) => {
      const parts = [];
      let depth = 0, start = 0, quote = "";
      for (let at = 0; at < text.length; at++) {
        const c = text[at];
        if (c === "\\") at++;
        else if (quote) quote = c === quote ? "" : quote;
        else if (c === '"' || c === "'") quote = c;
        else if (c === "(" || c === "[") depth++;
        else if (c === ")" || c === "]") depth--;
        else if (c === "," && depth === 0) { parts.push(text.slice(start, at).trim()); start = at + 1; }
      }
      return [...parts, text.slice(start).trim()];
    };
    window.longhands = (css) => {
      const element = load(css);
      const winners = new Map(); // name → Map(key → value), in the order of the last win
      const declare = (where, style) => {
        const seen = new Map();
        for (const name of style) {
          const value = style.getPropertyValue(name);
          // "": from a shorthand with var(), which is compared as text if it is still whole.
          seen.set(name, [value, style.getPropertyPriority(name)]);
        }
        // Shorthands with var(), which are not taken apart until they are used.
        for (const [, name, value] of style.cssText.matchAll(/([-\w]+): ([^;]*var\([^;]*);/g)) {
          if (!seen.has(name)) seen.set(`(${name})`, [squeezed(value), ""]);
        }
        for (const [name, [value, priority]] of seen) {
          if (!winners.has(name)) winners.set(name, new Map());
          if (!priority && winners.get(name).get(where)?.[1]) continue;
          winners.get(name).delete(where);
          winners.get(name).set(where, [value, priority]);
        }
      };
      const other = [];
      const walk = (rules, where) => {
        for (const rule of rules) {
          if (rule instanceof CSSStyleRule) {
            for (const selector of split(rule.selectorText)) {
              declare(`${where}|${selector}`, rule.style);
              walk(rule.cssRules, `${where}|${selector}`);
            }
          } else if (rule instanceof CSSKeyframesRule) {
            for (const frame of rule.cssRules) {
              for (const key of split(frame.keyText)) declare(`${where}|@keyframes ${rule.name} ${key}`, frame.style);
            }
          } else if (rule instanceof CSSFontFaceRule || rule instanceof CSSImportRule || !rule.cssRules) {
            if (rule instanceof CSSNestedDeclarations) declare(where, rule.style);
            else other.push(`${where}|${squeezed(rule.cssText)}`);
          } else if (rule.style) {
            declare(`${where}|${squeezed(rule.cssText.split("{")[0])}`, rule.style);
          } else if (rule.cssRules.length) {
            walk(rule.cssRules, `${where}|${squeezed(rule.cssText.split("{")[0])}`);
          }
        }
      };
      walk(element.sheet.cssRules, "");
      element.remove();
      return { other, winners };
    };
    window.longhandsDiffer = (before, after) => {
      const [a, b] = [longhands(before), longhands(after)];
      let compared = a.other.length;
      const found = [];
      const at = a.other.findIndex((line, index) => line !== b.other[index]);
      if (at >= 0) found.push(`${a.other[at]} → ${b.other[at]}`);
      else if (a.other.length !== b.other.length) found.push(`new: ${b.other[a.other.length]}`);
      for (const name of new Set([...a.winners.keys(), ...b.winners.keys()])) {
        if (name[0] === "(" && !(a.winners.has(name) && b.winners.has(name))) continue;
        const [x, y] = [a, b].map((side) => [...(side.winners.get(name) ?? [])]);
        compared += x.length;
        for (let index = 0; index < Math.max(x.length, y.length); index++) {
          const [p, q] = [x[index] ?? ["nothing", ["", ""]], y[index] ?? ["nothing", ["", ""]]];
          const same = p[0] === q[0] && p[1][1] === q[1][1] && (squeezed(p[1][0]) === squeezed(q[1][0]) ||
            (!name.startsWith("--") && computed(name, p[1][0]) === computed(name, q[1][0])));
          if (!same) { found.push(`${name}: ${p} → ${q}`); break; }
        }
      }
      return [compared, found];
    };
  });

  await page.evaluate((mode) => {
    window.compare = (before, after) => {
      if (mode === "longhands") return longhandsDiffer(before, after);
      const [a, b] = [exact(before), exact(after)];
      const at = a.findIndex((line, index) => line !== b[index]);
      if (at < 0 && a.length === b.length) return [a.length, []];
      return [a.length, [at < 0 ? `new: ${b[a.length]}` : `${a[at]} → ${b[at]}`]];
    };
  }, mode);
}

// Two builds hash their own bytes, so that names of other style sheets differ.
const read = (path) => (inline ? path : readFileSync(path, "utf8").replace(/\.[0-9a-f]{12}(?=\.)/g, ""));
const differences = [];
let rules = 0;
await withBrowser(async (browser) => {
  const page = await browser.newPage({ offline: true }); // @import and fonts are not fetched
  await prepare(page);
  for (let start = 0; start < pairs.length; start += inline ? 500 : 1) {
    const batch = pairs.slice(start, start + (inline ? 500 : 1));
    const results = await page.evaluate(
      (texts) => texts.map(([a, b]) => compare(a, b)),
      batch.map(([, before, after]) => [read(before), read(after)]),
    );
    results.forEach(([compared, found], index) => {
      rules += compared;
      if (found.length) differences.push([batch[index][0], found.map((line) => line.slice(0, 400)).join("\n    ")]);
    });
  }
});
console.log(JSON.stringify({ rules, differences }));
