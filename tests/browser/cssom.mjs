// Compares style sheets as a browser sees them. stdin: a JSON list of [name, css before, css after] file paths;
// stdout: a JSON list of the names that differ, each with the first difference.
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const pairs = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), "cssom-")), {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
});
const page = await browser.newPage();
await page.setContent("<!doctype html>");

// Everything that scripts can read of a style sheet, a line each.
const dump = (css) =>
  page.evaluate((css) => {
    const element = document.createElement("style");
    element.textContent = css;
    document.head.append(element);
    const lines = [];
    const walk = (rules, depth) => {
      for (const rule of rules) {
        lines.push(depth + rule.constructor.name);
        for (const key of ["selectorText", "conditionText", "name", "keyText", "href", "layerName", "supportsText",
          "prefix", "namespaceURI", "syntax", "inherits", "initialValue", "containerName", "containerQuery"]) {
          if (typeof rule[key] !== "undefined") lines.push(`${depth}${key}=${rule[key]}`);
        }
        if (rule.media) lines.push(`${depth}media=${rule.media.mediaText}`);
        if (rule.style) {
          for (const name of rule.style) {
            const value = rule.style.getPropertyValue(name);
            lines.push(`${depth}  ${name}:${value}!${rule.style.getPropertyPriority(name)}`);
          }
        }
        if (rule.cssRules && !rule.href) walk(rule.cssRules, depth + " ");
      }
    };
    walk(element.sheet.cssRules, "");
    element.remove();
    return lines;
  }, css);

const differences = [];
let rules = 0;
for (const [name, before, after] of pairs) {
  // The two builds hash their own bytes, so that names of other style sheets differ.
  const read = (path) => readFileSync(path, "utf8").replace(/\.[0-9a-f]{12}(?=\.)/g, "");
  const [a, b] = [await dump(read(before)), await dump(read(after))];
  rules += a.length;
  const at = a.findIndex((line, index) => line !== b[index]);
  if (at >= 0 || a.length !== b.length) differences.push([name, at < 0 ? "length" : `${a[at]} → ${b[at]}`]);
}
await browser.close();
console.log(JSON.stringify({ rules, differences }));
