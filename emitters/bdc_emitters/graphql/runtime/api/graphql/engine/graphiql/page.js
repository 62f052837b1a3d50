"use strict";
const WELCOME = `# Ctrl-Space completes what the schema has, Ctrl-Enter sends the query.
# "Headers" below carries your token; the book at the left shows the schema.

query Types {
  __schema { queryType { fields { name description } } }
}
`;

const send = async (parameters, options) => {
  const headers = { "content-type": "application/json", accept: "application/json", ...options?.headers };
  const answer = await fetch(location.pathname, { method: "POST", headers, body: JSON.stringify(parameters) });
  return answer.json();
};

// What GraphiQL leaves out for a keyboard and a screen reader.
const mend = () => {
  for (const area of document.querySelectorAll(".CodeMirror textarea:not([aria-label])"))
    area.setAttribute("aria-label", area.closest("section")?.getAttribute("aria-label") || "Editor");
  for (const code of document.querySelectorAll(".CodeMirror-scroll:not([tabindex='0'])")) code.tabIndex = 0;
  for (const tab of document.querySelectorAll(".graphiql-tabs, .graphiql-tab")) {
    tab.removeAttribute("role"); // the tab is the button inside
    tab.removeAttribute("aria-selected");
  }
};
const page = document.getElementById("graphiql");
new MutationObserver(mend).observe(page, { childList: true, subtree: true });

ReactDOM.createRoot(page).render(
  React.createElement(GraphiQL, {
    fetcher: send,
    defaultQuery: WELCOME,
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
    defaultHeaders: TOKEN ? JSON.stringify({ authorization: `Bearer ${TOKEN}` }, null, 2) : "{}",
    defaultEditorToolsVisibility: "headers",
  }),
);
