// Says of what is wider than the window that it scrolls. The page is complete without this script.
const mark = () => {
  for (const box of document.querySelectorAll(".scroll")) box.classList.toggle("more", box.scrollWidth > box.clientWidth + 2);
};
addEventListener("load", mark);
addEventListener("resize", mark);
for (const each of document.querySelectorAll("details, .tabs")) {
  each.addEventListener("toggle", mark);
  each.addEventListener("change", mark);
}
