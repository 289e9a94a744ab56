// What every page does where scripts run: the theme, the key of the search box, buttons that copy.
(function () {
  "use strict";
  var root = document.documentElement;
  var themes = ["auto", "light", "dark"];
  function stored() {
    try {
      var theme = window.localStorage.getItem("theme");
      return themes.indexOf(theme) < 0 ? "auto" : theme;
    } catch (error) {
      return "auto";
    }
  }
  // Before the body is drawn, so that nothing flashes or moves.
  root.setAttribute("data-theme", stored());
  root.classList.add("scripted");
  // There will be an answer, which needs room.
  if (/[?&]query=/.test(window.location.search)) root.classList.add("asked");
  function isField(element) {
    return /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) || element.isContentEditable;
  }
  document.addEventListener("keydown", function (event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
    var search = document.getElementById("search");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });
  // What is wider than the screen shows its middle first.
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll(".wide.picture").forEach(function (picture) {
      picture.scrollLeft = (picture.scrollWidth - picture.clientWidth) / 2;
    });
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest("button");
    if (!button) return;
    if (button.hasAttribute("data-theme-switch")) {
      var dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
      var now = root.getAttribute("data-theme");
      if (now === "auto") now = dark ? "dark" : "light";
      var next = now === "dark" ? "light" : "dark";
      root.setAttribute("data-theme", next);
      try {
        window.localStorage.setItem("theme", next);
      } catch (error) {
        // The choice lasts as long as the page.
      }
    } else if (button.hasAttribute("data-copy") && navigator.clipboard) {
      navigator.clipboard.writeText(button.getAttribute("data-copy")).then(function () {
        var done = button.getAttribute("data-done");
        if (done) button.textContent = done;
      });
    }
  });
})();
