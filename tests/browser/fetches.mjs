// What Chromium fetches for style sheets: node fetches.mjs, [{"root": DIR, "prefix": "/static/", "sheets": [URL, …]}, …] on
// stdin. Each root is served below its prefix; a page names the sheets. Prints for each the paths that were asked for, sorted.
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { withBrowser } from "./launch.mjs";

const pages = JSON.parse(readFileSync(0, "utf8"));
const results = await withBrowser(async (browser) => {
  const results = [];
  for (const { root, prefix, sheets } of pages) {
    const asked = new Set();
    const server = createServer((request, response) => {
      const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
      if (path === "/") {
        response.setHeader("Content-Type", "text/html");
        const links = sheets.map((sheet) => `<link rel="stylesheet" href="${sheet}">`);
        return response.end(`<!doctype html>${links.join("")}<p class="a"><b class="b">`);
      }
      if (path !== "/favicon.ico") asked.add(path);
      const file = join(root, path.slice(prefix.length));
      if (!path.startsWith(prefix) || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
        response.statusCode = 404;
        return response.end();
      }
      if (path.endsWith(".css")) response.setHeader("Content-Type", "text/css");
      response.end(readFileSync(file));
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`, { waitUntil: "networkidle" });
    await page.close();
    server.close();
    results.push([...asked].sort());
  }
  return results;
});
console.log(JSON.stringify(results));
