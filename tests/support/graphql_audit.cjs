// Asks a GraphQL endpoint all that graphql-http audits, and writes what is not fulfilled. Arguments: the tool, the URL, a token.
const { createRequire } = require("node:module");
const { auditServer } = createRequire(process.argv[2])("graphql-http");

async function main() {
  const authorization = `Bearer ${process.argv[4]}`;
  const fetchFn = (url, init) => fetch(url, { ...init, headers: { ...init?.headers, authorization } });
  const results = await auditServer({ url: process.argv[3], fetchFn });
  const missed = results.filter((each) => each.status !== "ok");
  console.log(
    JSON.stringify({
      asked: results.length,
      missed: missed.map((each) => `${each.id} ${each.name}: ${each.reason}`),
    }),
  );
}

main();
