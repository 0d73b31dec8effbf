"use strict";
// The live part: batches of drawn messages come in, threads are kept, what is old goes.
(() => {
  const byId = (id) => document.getElementById(id);
  const feed = byId("feed");
  const keep = Number(feed.dataset.keep);
  const threads = new Map();
  let shown = [];
  let waiting = [];
  let totals = {};
  let chosen = null;
  let scheduled = false;

  const number = (n) => n.toLocaleString("en");
  const plural = (n, word) => `${number(n)} ${word}${n === 1 ? "" : "s"}`;

  // ---- receiving

  const source = new EventSource("/stream");
  const live = (state, text) => {
    byId("live").dataset.state = state;
    if (byId("live").textContent !== text) byId("live").textContent = text;
  };
  source.onopen = () => live("live", "Live");
  source.onerror = () => live("lost", "Reconnecting");
  source.onmessage = (event) => {
    const batch = JSON.parse(event.data);
    if (batch.reset) clear();
    totals = batch.totals;
    // A hidden tab draws nothing; it must not gather what it will never show.
    waiting = waiting.concat(batch.messages).slice(-keep);
    if (!scheduled) {
      scheduled = true;
      requestAnimationFrame(draw);
    }
  };

  const clear = () => {
    threads.clear();
    shown = [];
    waiting = [];
    feed.replaceChildren();
  };

  // ---- metrics: what came over WhaTap's wire, drawn by the server

  const charts = byId("metrics");
  let drawn = "";
  const look = async () => {
    if (!document.hidden) {
      const answer = await fetch("/metrics/charts").catch(() => null);
      const html = answer && answer.ok ? await answer.text() : drawn;
      if (html !== drawn) charts.innerHTML = drawn = html;
      charts.hidden = drawn === "";
    }
    setTimeout(look, 2000);
  };
  look();

  // ---- drawing

  const draw = () => {
    scheduled = false;
    const batch = waiting;
    waiting = [];
    const touched = new Set();
    for (const message of batch) touched.add(add(message));
    forget();
    for (const thread of touched) if (thread.messages.length > 0) settle(thread);
    counts();
    if (batch.length > 0) {
      const last = batch[batch.length - 1].sentence;
      byId("announce").textContent =
        batch.length === 1 ? last : `${number(batch.length)} messages, the latest: ${last}`;
    }
  };

  const add = (message) => {
    const key = JSON.stringify([message.space, message.thread]);
    let thread = threads.get(key);
    if (!thread) {
      const element = byId("thread").content.firstElementChild.cloneNode(true);
      element.querySelector(".space").textContent = message.space;
      element.setAttribute("aria-label", `Thread in ${message.space}`);
      thread = { key, element, space: message.space, messages: [] };
      threads.set(key, thread);
    }
    const holder = document.createElement("template");
    holder.innerHTML = message.html;
    message.element = holder.content.firstElementChild;
    delete message.html;
    message.thread = thread;
    thread.messages.push(message);
    shown.push(message);
    return thread;
  };

  const forget = () => {
    const gone = shown.splice(0, Math.max(0, shown.length - keep));
    const left = new Set(gone.map((message) => message.thread));
    for (const message of gone) {
      message.thread.messages.shift();
      message.element.remove();
    }
    for (const thread of left) {
      if (thread.messages.length > 0) arrange(thread);
      else {
        thread.element.remove();
        threads.delete(thread.key);
      }
    }
  };

  // The newest activity first; what holds the focus stays where it is.
  const settle = (thread) => {
    arrange(thread);
    const element = thread.element;
    element.hidden = chosen !== null && thread.space !== chosen;
    if (feed.firstElementChild !== element && !element.contains(document.activeElement)) {
      feed.prepend(element);
    }
    element.classList.remove("fresh");
    requestAnimationFrame(() => element.classList.add("fresh"));
    window.watchLines(element);
  };

  const arrange = ({ element, messages }) => {
    const [first, ...replies] = messages;
    const into = element.querySelector(".first");
    if (first.element.parentNode !== into) into.replaceChildren(first.element);
    const list = element.querySelector(".replies");
    for (const reply of replies) if (reply.element.parentNode !== list) list.append(reply.element);
    const toggle = element.querySelector(".replies-toggle");
    toggle.hidden = replies.length === 0;
    if (toggle.hidden) list.hidden = true;
    const now = element.querySelector(".now");
    now.replaceChildren();
    if (replies.length === 0) return;
    const last = replies[replies.length - 1];
    toggle.querySelector(".count").textContent = replies.length === 1 ? "1 reply" : `${number(replies.length)} replies`;
    toggle.querySelector(".latest").textContent = last.sentence;
    now.append("now ");
    for (const badge of last.element.querySelectorAll(":scope > .badges > .badge")) {
      now.append(badge.cloneNode(true), " ");
    }
  };

  // ---- counting

  const sum = () => Object.values(totals).reduce((all, n) => all + n, 0);

  const counts = () => {
    byId("empty").hidden = sum() > 0;
    const nav = byId("spaces");
    const names = Object.keys(totals);
    const wanted = names.length === 0 ? [] : [null, ...names];
    while (nav.children.length < wanted.length) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(document.createElement("span"), document.createElement("span"));
      button.lastChild.className = "n";
      nav.append(button);
    }
    while (nav.children.length > wanted.length) nav.lastChild.remove();
    wanted.forEach((space, at) => {
      const button = nav.children[at];
      button.space = space;
      button.firstChild.textContent = space ?? "All spaces";
      button.lastChild.textContent = number(space === null ? sum() : totals[space]);
      button.setAttribute("aria-pressed", String(space === chosen));
    });
    const here = shown.filter((message) => chosen === null || message.space === chosen).length;
    const older = (chosen === null ? sum() : (totals[chosen] ?? 0)) - here;
    byId("older").hidden = older <= 0;
    byId("older").textContent = `${number(older)} older`;
  };

  byId("spaces").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    chosen = button.space;
    for (const thread of threads.values()) {
      thread.element.hidden = chosen !== null && thread.space !== chosen;
    }
    counts();
  });

  // ---- acting

  feed.addEventListener("click", (event) => {
    const toggle = event.target.closest(".replies-toggle");
    if (!toggle) return;
    const open = toggle.getAttribute("aria-expanded") !== "true";
    toggle.setAttribute("aria-expanded", String(open));
    toggle.nextElementSibling.hidden = !open;
  });

  feed.addEventListener("toggle", async (event) => {
    const details = event.target.closest("[data-raw]");
    if (!details || !details.open || details.dataset.done) return;
    details.dataset.done = "yes";
    const pre = details.querySelector("pre");
    try {
      const response = await fetch(`/messages/${details.dataset.raw}`);
      pre.textContent = JSON.stringify(await response.json(), null, 2);
    } catch {
      pre.textContent = "The server does not answer.";
      delete details.dataset.done;
    }
  }, true);

  const send = async (path, body) => {
    try {
      const response = await fetch(path, { method: "POST", body });
      return { ok: response.ok, status: response.status, said: await response.json() };
    } catch {
      return { ok: false, status: 0, said: { error: "the server does not answer" } };
    }
  };

  const answer = byId("answer");
  const show = ({ ok, status, said }) => {
    const lines = ok
      ? [`${status}: ${plural(said.accepted, "record")} accepted. The card follows when its group is due.`]
      : [`${status || "No answer"}: ${said.error}`];
    for (const { index, error } of (said.rejected ?? []).slice(0, 5)) lines.push(`record ${index}: ${error}`);
    if ((said.rejected ?? []).length > 5) lines.push(`and ${said.rejected.length - 5} more`);
    answer.classList.toggle("bad", !ok);
    answer.textContent = lines.join("\n");
  };

  byId("event-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    show(await send("/events", byId("event").value));
  });

  byId("fill").addEventListener("click", () => {
    // A new event each time, happening now: the same one again would rightly change nothing.
    const now = new Date();
    const values = {
      UNIQUE: Math.random().toString(36).slice(2, 10).toUpperCase(),
      ISO_TIME: now.toISOString(),
      RFC_TIME: now.toUTCString(),
    };
    const example = byId("example").content.textContent.trim();
    byId("event").value = example.replace(/UNIQUE|ISO_TIME|RFC_TIME/g, (name) => values[name]);
  });

  byId("storm").addEventListener("click", async () => {
    const button = byId("storm");
    button.disabled = true;
    const { ok, status, said } = await send("/storm");
    button.textContent = ok || status === 409 ? "Storm is playing" : said.error;
    setTimeout(() => {
      button.disabled = false;
      button.textContent = "Play the storm";
    }, 5000);
  });

  byId("post").open = matchMedia("(min-width: 1000px)").matches;
})();
