"use strict";

const at = (id) => document.getElementById(id);

function fact(name, value) {
  const term = document.createElement("dt");
  const told = document.createElement("dd");
  term.textContent = name;
  told.textContent = value;
  return [term, told];
}

function show(message) {
  at("shown").hidden = false;
  at("subject").textContent = message.subject;
  at("facts").replaceChildren(
    ...fact("Mail", message.mail),
    ...fact("From", message.from),
    ...fact("To", message.to),
    ...fact("At", message.at),
    ...fact("Message-ID", message.message_id),
  );
  at("text").textContent = message.text;
  at("formatted").hidden = !message.html;
  at("frame").src = message.html ? `/docs/mails/${message.id}/html` : "about:blank";
}

function entry(message) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = `${message.subject} → ${message.to}`;
  button.addEventListener("click", () => show(message));
  item.append(button);
  return item;
}

async function load() {
  const answer = await fetch("/docs/mails.json");
  const { items } = await answer.json();
  at("list").replaceChildren(...items.map(entry));
  at("none").hidden = items.length > 0;
  if (items.length > 0 && at("shown").hidden) show(items[0]);
}

at("again").addEventListener("click", load);
load();
