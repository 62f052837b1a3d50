"use strict";
const dark = matchMedia("(prefers-color-scheme: dark)");
const show = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", show);
show();

// What Swagger UI leaves out for a keyboard and a screen reader: names of lists, a way to scroll code, one control and not two in each other.
const name = (select) =>
  select.closest("tr")?.dataset.paramName ?? select.previousElementSibling?.textContent.trim() ?? "";
const mend = () => {
  for (const select of document.querySelectorAll("select:not([aria-label])"))
    select.setAttribute("aria-label", name(select) || "Choice");
  for (const input of document.querySelectorAll("input:not([aria-label]):not([id]), textarea:not([aria-label])"))
    input.setAttribute("aria-label", input.closest("tr")?.dataset.paramName || input.placeholder || "Body");
  for (const code of document.querySelectorAll("pre:not([tabindex]), .curl:not([tabindex]), .microlight:not([tabindex]), .responses-table:not([tabindex])"))
    code.tabIndex = 0;
  for (const link of document.querySelectorAll(".opblock-summary-control a[href]")) link.removeAttribute("href");
  for (const live of document.querySelectorAll("[role=main], .swagger-ui main")) live.setAttribute("role", "group");
};
new MutationObserver(mend).observe(document.getElementById("docs"), { childList: true, subtree: true });

fetch("/openapi.json")
  .then((answer) => answer.json())
  .then((spec) => {
    document.title = spec.info.title;
    delete spec.jsonSchemaDialect; // the dialect of the schemas is the one that Swagger UI reads, under another name
    const ui = SwaggerUIBundle({
      spec,
      dom_id: "#docs",
      deepLinking: true,
      docExpansion: "list",
      filter: true,
      tryItOutEnabled: true,
      displayRequestDuration: true,
      requestSnippetsEnabled: true,
      validatorUrl: null,
      presets: [SwaggerUIBundle.presets.apis],
      onComplete: () => {
        for (const [scheme, { type, scheme: kind }] of Object.entries(spec.components?.securitySchemes ?? {}))
          if (TOKEN && type === "http" && kind === "bearer") ui.preauthorizeApiKey(scheme, TOKEN);
      },
    });
  });
