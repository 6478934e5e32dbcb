// Calls the functions of the server's own script by the names that the flow gives.
addEventListener("load", () => {
  const call = (name) => typeof window[name] === "function" && window[name]();
  for (const node of document.querySelectorAll("[data-onload]")) call(node.dataset.onload);
  for (const node of document.querySelectorAll("[data-onclick]"))
    node.addEventListener("click", () => call(node.dataset.onclick));
});
