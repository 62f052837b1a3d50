"use strict";
// The token of a page: from its address (`#token=…`, which a browser does not send), kept until the tab is closed.
const TOKEN = (() => {
  const given = /^#token=([\w.~+/=-]+)$/.exec(location.hash);
  if (given) {
    sessionStorage.setItem("bearer-token", given[1]);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem("bearer-token") || "";
})();
