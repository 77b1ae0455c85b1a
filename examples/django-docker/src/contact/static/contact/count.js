// Says how long the message is.
const text = document.querySelector("textarea");
const count = text.insertAdjacentElement("afterend", document.createElement("output"));
text.addEventListener("input", () => (count.textContent = `${text.value.length} characters`));
