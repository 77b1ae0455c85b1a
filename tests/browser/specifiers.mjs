// What acorn takes for references between modules: node specifiers.mjs, a list of paths on stdin. For each of them
// [[start, end, kind], …] in bytes, without the quotes; null: it does not parse.
import { readFileSync } from "node:fs";
import { parse } from "acorn";
import { full } from "acorn-walk";

function specifiers(text) {
  let tree;
  try {
    tree = parse(text, { ecmaVersion: "latest", sourceType: "module", allowHashBang: true });
  } catch {
    try {
      tree = parse(text, { ecmaVersion: "latest", sourceType: "script", allowHashBang: true });
    } catch {
      return null;
    }
  }
  const found = [];
  const note = (node, kind) => {
    const isTemplate = node?.type === "TemplateLiteral" && node.expressions.length === 0;
    if (isTemplate || (node?.type === "Literal" && typeof node.value === "string")) {
      found.push([node.start + 1, node.end - 1, kind]);
    }
  };
  const isOfImportMeta = (node, name) =>
    node?.type === "MemberExpression" && node.object.type === "MetaProperty" && node.property.name === name;
  full(tree, (node) => {
    if (/^(Import|ExportAll|ExportNamed)(Declaration|Expression)$/.test(node.type)) note(node.source, "specifier");
    if (node.type === "NewExpression" && node.callee.name === "URL" && isOfImportMeta(node.arguments[1], "url")) {
      note(node.arguments[0], "url");
    }
    if (node.type === "NewExpression" && /^(Shared)?Worker$/.test(node.callee.name)) note(node.arguments[0], "page");
    if (node.type === "CallExpression" && isOfImportMeta(node.callee, "resolve")) note(node.arguments[0], "specifier");
  });
  found.sort((a, b) => a[0] - b[0]);
  let [characters, bytes] = [0, 0];
  const offset = (at) => {
    bytes += Buffer.byteLength(text.slice(characters, at));
    characters = at;
    return bytes;
  };
  return found.map(([start, end, kind]) => [offset(start), offset(end), kind]);
}

const paths = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(paths.map((path) => specifiers(readFileSync(path, "utf8")))));
