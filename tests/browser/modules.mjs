// Whether Chromium can load modules: node modules.mjs ROOT, {"imports": {…}, "entries": [URL, …]} on stdin; the URLs are
// those of files below ROOT, which is served. Prints what could not be loaded, and every path that was asked for in vain.
import { createReadStream, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { withBrowser } from "./launch.mjs";

const root = process.argv[2];
const { imports, entries } = JSON.parse(readFileSync(0, "utf8"));
const types = { ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".json": "application/json", ".wasm": "application/wasm" };
const missing = new Set();
const served = new Set();
const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
  if (path === "/") {
    response.setHeader("Content-Type", "text/html");
    return response.end(`<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script>`);
  }
  const file = join(root, path.replace(/^\/static\//, ""));
  if (!path.startsWith("/static/") || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
    if (path !== "/favicon.ico") missing.add(path);
    response.statusCode = 404;
    return response.end();
  }
  served.add(path);
  response.setHeader("Content-Type", types[extname(file)] ?? "application/octet-stream");
  createReadStream(file).pipe(response);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const failed = await withBrowser(async (browser) => {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  return page.evaluate(async (urls) => {
    const failed = [];
    for (const url of urls) {
      await import(url).catch((error) => failed.push([url, String(error)]));
    }
    return failed;
  }, entries);
});
server.close();
console.log(JSON.stringify({ failed, missing: [...missing].sort(), served: served.size }));
