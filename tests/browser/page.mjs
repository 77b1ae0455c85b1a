// What Chromium makes of a page of examples/django-docker: node page.mjs URL. Computed styles, and every response.
import { chromium } from "playwright-core";

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage({ extraHTTPHeaders: { "X-Forwarded-Proto": "https" } });
const responses = [];
page.on("response", (response) =>
  responses.push({
    url: response.url(),
    status: response.status(),
    encoding: response.headers()["content-encoding"],
  }),
);
await page.goto(process.argv[2], { waitUntil: "networkidle" });
const style = (selector, ...properties) =>
  page.$eval(
    selector,
    (element, names) => {
      const computed = getComputedStyle(element);
      return Object.fromEntries(names.map((name) => [name, computed[name]]));
    },
    properties,
  );
const seen = {
  heading: await style("h1", "fontSize", "fontWeight"),
  header: await style("header", "backgroundColor", "backgroundImage"),
  responses,
};
await browser.close();
console.log(JSON.stringify(seen));
