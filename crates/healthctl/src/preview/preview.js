"use strict";
// Cards fold, menus open, the theme switches. One listener each, so cards added later need none.
(() => {
  const setFold = (button, open) => {
    button.setAttribute("aria-expanded", String(open));
    button.previousElementSibling.hidden = !open;
    button.firstElementChild.textContent = open ? button.dataset.less : button.dataset.more;
  };

  const setClamp = (button, open) => {
    button.setAttribute("aria-expanded", String(open));
    button.previousElementSibling.classList.toggle("open", open);
    button.firstElementChild.textContent = open ? "Show less" : "Show more";
  };

  const closeMenus = (except) => {
    for (const button of document.querySelectorAll('[data-menu][aria-expanded="true"]')) {
      if (button !== except) setMenu(button, false);
    }
  };

  const setMenu = (button, open) => {
    button.setAttribute("aria-expanded", String(open));
    const items = button.nextElementSibling;
    items.hidden = !open;
    // A menu near the right edge opens to the left, never past the page.
    items.style.left = "0px";
    if (open) {
      const over = items.getBoundingClientRect().right + 8 - document.documentElement.clientWidth;
      if (over > 0) items.style.left = `${-over}px`;
    }
  };

  const isOpen = (button) => button.getAttribute("aria-expanded") === "true";

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    closeMenus(button);
    if (!button) return;
    if ("fold" in button.dataset) setFold(button, !isOpen(button));
    else if ("clamp" in button.dataset) setClamp(button, !isOpen(button));
    else if ("menu" in button.dataset) setMenu(button, !isOpen(button));
    else if ("themeSwitch" in button.dataset) switchTheme(button);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector('[data-menu][aria-expanded="true"]');
    closeMenus();
    if (open) open.focus();
  });

  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : systemDark.matches;
  };
  const showTheme = () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.setAttribute("aria-pressed", String(isDark()));
    }
  };
  const switchTheme = () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    showTheme();
  };
  systemDark.addEventListener("change", showTheme);
  showTheme();

  // "Show more" under a paragraph only where lines are hidden; again whenever its width changes.
  const measure = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.classList.contains("open") || target.clientHeight === 0) continue;
      target.nextElementSibling.hidden = target.scrollHeight <= target.clientHeight + 1;
    }
  });
  window.watchLines = (root) => {
    for (const lines of root.querySelectorAll(".lines")) measure.observe(lines);
  };
  window.watchLines(document);
})();
