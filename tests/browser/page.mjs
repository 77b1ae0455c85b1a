// What Chromium makes of a page of examples/django-docker: node page.mjs URL. Computed styles, and every response.
import { withBrowser } from "./launch.mjs";

const seen = await withBrowser(async (browser) => {
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
  return {
    heading: await style("h1", "fontSize", "fontWeight"),
    header: await style("header", "backgroundColor", "backgroundImage"),
    responses,
  };
});
console.log(JSON.stringify(seen));
