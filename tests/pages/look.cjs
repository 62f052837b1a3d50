// Looks at the pages as a browser shows them: `node look.cjs ADDRESS TOKEN CHROMIUM MODULES FOLDER`. Writes a picture of each, at two widths, light and dark, and
// prints as JSON what is wrong: requests to other places, errors of the console, what axe-core calls serious, what is wider than the screen.
const [address, token, executablePath, modules, folder] = process.argv.slice(2);
const fs = require("fs");
const { chromium } = require(`${modules}/playwright-core`);
const axe = fs.readFileSync(`${modules}/axe-core/axe.min.js`, "utf8");
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const steps = {
  docs: async (page) => {
    await page.locator(".opblock-post .opblock-summary-control").first().click();
    await page.locator(".opblock-get .opblock-summary-control").first().click();
    await page.locator("button.execute").first().click();
    await page.locator(".live-responses-table .response-col_status", { hasText: "200" }).first().waitFor();
  },
  graphiql: async (page) => {
    await page.locator(".graphiql-execute-button").click();
    await page.locator(".result-window", { hasText: "queryType" }).waitFor();
  },
};

const serious = async (page) => {
  const found = await page.evaluate(`${axe};axe.run().then((result) => result.violations)`);
  return found
    .filter((rule) => ["serious", "critical"].includes(rule.impact))
    .map((rule) => `${rule.id}: ${rule.nodes.map((node) => `${node.target.join(" ")} (${node.failureSummary.split("\n").at(-1).trim()})`).join("; ")}`);
};

const look = async (browser, name, path, width, colorScheme) => {
  // axe-core is put into the page from outside, which the page's own policy forbids; what the policy refuses of the page itself is in the console.
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  page.setDefaultTimeout(8000);
  const wrong = [];
  page.on("console", (line) => line.type() === "error" && wrong.push(`console: ${line.text()}`));
  page.on("pageerror", (error) => wrong.push(`error: ${error}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith("data:")) wrong.push(`asks ${request.url()}`);
  });
  await page.goto(`${address}${path}#token=${token}`);
  await page.waitForSelector(name === "docs" ? ".opblock" : ".graphiql-execute-button");
  if (page.url().includes("token")) wrong.push("the token stays in the address");
  const picture = (part) => page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}${part}.png` });
  if (name === "docs") await picture("-top");
  await steps[name](page);
  await page.waitForTimeout(300);
  await picture("");
  wrong.push(...(await serious(page)));
  if ((await page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0) wrong.push("wider than the screen");
  await context.close();
  return wrong;
};

(async () => {
  const browser = await chromium.launch({ executablePath, args: QUIET });
  const found = {};
  for (const [name, path] of [["docs", "/docs"], ["graphiql", "/graphql"]])
    for (const width of [1280, 390])
      for (const scheme of ["light", "dark"]) {
        const wrong = await look(browser, name, path, width, scheme).catch((error) => [String(error)]);
        if (wrong.length) found[`${name} ${width} ${scheme}`] = [...new Set(wrong)];
      }
  await browser.close();
  console.log(JSON.stringify(found, null, 2));
})();
