// Reads pairs of schemas (SDL) as JSON, and writes what graphql-inspector finds in each.
const { createRequire } = require("node:module");
const tool = createRequire(process.argv[2]);
const { diff, CriticalityLevel } = tool("@graphql-inspector/core");
const { buildSchema } = tool("graphql");

async function main() {
  const pairs = JSON.parse(require("node:fs").readFileSync(0, "utf-8"));
  const found = [];
  for (const [old, now] of pairs) {
    const changes = await diff(buildSchema(old), buildSchema(now));
    found.push(
      changes.map((each) => ({
        type: each.type,
        path: each.path || "",
        message: each.message,
        breaking: each.criticality.level === CriticalityLevel.Breaking,
      })),
    );
  }
  process.stdout.write(JSON.stringify(found));
}

main();
