// One Chromium for all scripts here: `withBrowser(use)` gives what `use(browser)` returned. It asks nothing of the network
// but of this machine, and it is given up with its script after DEADLINE seconds, so that a browser that hangs fails a test.
import { chromium } from "playwright-core";

const DEADLINE = 300;

export async function withBrowser(use) {
  const late = setTimeout(() => {
    console.error(`Chromium had not answered after ${DEADLINE} seconds`);
    process.exit(1); // playwright ends the browser with us
  }, DEADLINE * 1000);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
      // Not by intercepting requests, which can leave a worker's waiting for ever.
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  });
  try {
    return await use(browser);
  } finally {
    await browser.close();
    clearTimeout(late);
  }
}
