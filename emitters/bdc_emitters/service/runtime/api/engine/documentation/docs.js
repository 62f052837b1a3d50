"use strict";
// Renders the OpenAPI document. Everything is put in as text, never as markup.

const METHODS = ["get", "post", "put", "patch", "delete"];

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function resolve(api, node) {
  for (let depth = 0; node && node.$ref && depth < 20; depth += 1) {
    node = node.$ref.slice(2).split("/").reduce((at, part) => at?.[part.replace(/~1/g, "/").replace(/~0/g, "~")], api);
  }
  return node ?? {};
}

function typeOf(api, schema, depth = 0) {
  if (!schema || depth > 4) return "…";
  if (schema.$ref) {
    const found = resolve(api, schema);
    return found.type === "object" || found.properties ? schema.$ref.split("/").pop() : typeOf(api, found, depth + 1);
  }
  const many = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (many) return many.map((one) => typeOf(api, one, depth + 1)).join(schema.allOf ? " & " : " | ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const names = [].concat(schema.type ?? "any");
  return names.map((name) => (name === "array" ? `${typeOf(api, schema.items, depth + 1)}[]` : name)).join(" | ")
    + (schema.format ? ` (${schema.format})` : "");
}

function limits(schema) {
  const words = { minLength: "min length", maxLength: "max length", minimum: "≥", maximum: "≤", pattern: "pattern", default: "default" };
  return Object.entries(words).filter(([key]) => schema?.[key] !== undefined).map(([key, word]) => `${word} ${schema[key]}`).join(", ");
}

function memberTable(api, given) {
  const schema = resolve(api, given);
  const inner = schema.type === "array" ? resolve(api, schema.items) : schema;
  if (!inner.properties) return element("p", {}, element("code", {}, typeOf(api, given)));
  const table = element("table");
  for (const [name, member] of Object.entries(inner.properties)) {
    const real = resolve(api, member);
    const needed = (inner.required ?? []).includes(name) ? " (required)" : "";
    const about = [member.description ?? real.description, limits(real)].filter(Boolean).join(" — ");
    table.append(element("tr", {}, element("td", {}, element("code", {}, name), needed), element("td", {}, element("code", {}, typeOf(api, member))), element("td", {}, about)));
  }
  return table;
}

function section(title, ...children) {
  return element("details", {}, element("summary", {}, title), ...children);
}

function parameters(api, operation, path) {
  const all = [...(path.parameters ?? []), ...(operation.parameters ?? [])].map((one) => resolve(api, one));
  if (all.length === 0) return null;
  const table = element("table");
  for (const one of all) {
    const about = [one.description, limits(resolve(api, one.schema))].filter(Boolean).join(" — ");
    table.append(element("tr", {}, element("td", {}, element("code", {}, one.name), one.required ? " (required)" : ""), element("td", {}, one.in), element("td", {}, element("code", {}, typeOf(api, one.schema))), element("td", {}, about)));
  }
  return section("Parameters", table);
}

function bodies(api, operation) {
  const content = resolve(api, operation.requestBody).content;
  const type = content && Object.keys(content)[0];
  return type ? section(`Body: ${type}`, memberTable(api, content[type].schema)) : null;
}

function responses(api, operation) {
  const made = Object.entries(operation.responses ?? {}).map(([status, given]) => {
    const answer = resolve(api, given);
    const type = Object.keys(answer.content ?? {})[0];
    return section(`${status} ${answer.description ?? ""}`, type ? memberTable(api, answer.content[type].schema) : element("p", {}, "No body."));
  });
  return element("div", {}, ...made);
}

function card(api, pathName, path, method, operation) {
  const id = operation.operationId ?? `${method}-${pathName}`;
  const heading = element("h3", {}, element("span", { class: `method ${method}` }, method.toUpperCase()), " ", element("code", {}, pathName));
  const text = [operation.summary, operation.description].filter((one, at, all) => one && all.indexOf(one) === at);
  const made = element("article", { id }, heading, ...text.map((one) => element("p", {}, one)), parameters(api, operation, path), bodies(api, operation), responses(api, operation));
  made.dataset.words = made.textContent.toLowerCase();
  return made;
}

function show(api) {
  const info = api.info ?? {};
  document.title = `${info.title ?? "API"} documentation`;
  document.getElementById("title").textContent = `${info.title ?? "API"} ${info.version ?? ""}`;
  const main = document.getElementById("content");
  const index = document.getElementById("index");
  main.replaceChildren(element("p", {}, info.description ?? ""));
  const groups = new Map();
  for (const [pathName, path] of Object.entries(api.paths ?? {})) {
    for (const method of METHODS.filter((one) => path[one])) {
      const operation = path[method];
      const group = (operation.tags ?? ["Other"])[0];
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push([card(api, pathName, path, method, operation), `${method.toUpperCase()} ${pathName}`]);
    }
  }
  const entries = [];
  for (const [group, cards] of groups) {
    const heading = element("h2", {}, group);
    const title = element("h2", {}, group);
    index.append(heading);
    main.append(title);
    for (const [made, label] of cards) {
      const link = element("a", { href: `#${encodeURIComponent(made.id)}` }, label);
      link.addEventListener("click", () => made.scrollIntoView());
      index.append(link);
      main.append(made);
      entries.push([made, link]);
    }
  }
  document.getElementById("search").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const [made, link] of entries) {
      const found = words.every((word) => made.dataset.words.includes(word));
      made.hidden = !found;
      link.hidden = !found;
    }
  });
}

fetch("/openapi.json")
  .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`HTTP ${answer.status}`))))
  .then(show)
  .catch((error) => {
    document.getElementById("content").textContent = `The document cannot be shown: ${error.message}`;
  });
