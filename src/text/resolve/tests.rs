use super::*;
use crate::name::logical_path::LogicalPath;
use crate::text::css::uses::NO_USES;

const NAMES: [&str; 11] = [
    "css/m.css",
    "css/a.png",
    "css/x y.png",
    "css/é.png",
    "img/c.png",
    "img/a%b.png",
    "css/a#b.png",
    "css/noext",
    "css/d/e.png",
    "css/a\\b.png",
    "css/\u{fffd}.gif",
];

#[test]
fn every_shape_of_url() {
    let catalog = Catalog::of_names(NAMES);
    let from = LogicalPath::new("css/m.css").unwrap();
    let own = "/static/";
    let cdn = "https://cdn.test/s/";
    // Expected: the asset and the URL with the digest in it, or what else.
    for (static_url, url, expected) in [
        (own, "a.png", "css/a.png a.H.png"),
        (own, " a.png\n", "css/a.png  a.H.png\n"),
        (own, "./a.png", "css/a.png ./a.H.png"),
        (own, ".//a.png", "css/a.png .//a.H.png"),
        (own, "../img/c.png", "img/c.png ../img/c.H.png"),
        (own, "..\\img\\c.png", "img/c.png ..\\img\\c.H.png"),
        (own, "x/../a.png", "css/a.png x/../a.H.png"),
        (own, "%2e%2E/img/c.png", "img/c.png %2e%2E/img/c.H.png"),
        (own, "a.png?v=1.0#x.y", "css/a.png a.H.png?v=1.0#x.y"),
        (own, "a.png?#iefix", "css/a.png a.H.png?#iefix"),
        (own, "x%20y.png", "css/x y.png x%20y.H.png"),
        (own, "x%20y%2Epng", "css/x y.png x%20y.H%2Epng"),
        (own, "%C3%A9.png", "css/é.png %C3%A9.H.png"),
        (own, "é.png", "css/é.png é.H.png"),
        (own, "../img/a%25b.png", "img/a%b.png ../img/a%25b.H.png"),
        (own, "a%23b.png", "css/a#b.png a%23b.H.png"),
        (own, "noext", "css/noext noext.H"),
        (own, "noext?q", "css/noext noext.H?q"),
        (own, "a.\tpng", "css/a.png a.H.\tpng"),
        (own, "a%5Cb.png", "css/a\\b.png a%5Cb.H.png"),
        (own, "..%5Cimg/c.png", "missing css/..\\img/c.png"),
        (own, "/static/img/c.png", "img/c.png /static/img/c.H.png"),
        (
            cdn,
            "https://cdn.test/s/css/a.png",
            "css/a.png https://cdn.test/s/css/a.H.png",
        ),
        (cdn, "/static/css/a.png", "external"),
        (own, "", "external"),
        (own, "#x", "external"),
        (own, "?x", "external"),
        (own, "data:,x", "external"),
        (own, "DATA:,x", "external"),
        (own, "moz-extension://x/y.png", "external"),
        (own, "about:blank", "external"),
        (own, "//host/a.png", "external"),
        (own, "\\\\host/a.png", "external"),
        ("/", "//host/css/a.png", "external"),
        ("/", "/\\host/css/a.png", "external"),
        ("/", "/css/a.png", "css/a.png /css/a.H.png"),
        (
            "//cdn.test/s/",
            "//cdn.test/s/css/a.png",
            "css/a.png //cdn.test/s/css/a.H.png",
        ),
        (own, "/other/a.png", "external"),
        (own, "/staticfoo.png", "external"),
        (own, "/static/", "directory "),
        (own, ".", "directory css"),
        (own, "..", "directory "),
        (own, "d", "directory css/d"),
        (own, "d/", "directory css/d"),
        (own, "nope/", "directory css/nope"),
        (own, "nope.png", "missing css/nope.png"),
        (own, "/static/nope.png", "missing nope.png"),
        (own, "a.PNG", "missing css/a.PNG"),
        (own, "../../x.png", "outside"),
        (own, "/static/../x.png", "outside"),
        // In URL space, as `new URL(url, base)` of Chromium.
        (own, "../../static/img/c.png", "img/c.png ../../static/img/c.H.png"),
        (own, "../../../../static/img/c.png", "img/c.png ../../../../static/img/c.H.png"),
        (own, "%2E%2e/../static/img/c.png?x#y", "img/c.png %2E%2e/../static/img/c.H.png?x#y"),
        (own, "/static/../static/img/c.png", "img/c.png /static/../static/img/c.H.png"),
        (own, "/x/../static/img/c.png", "img/c.png /x/../static/img/c.H.png"),
        (own, "/static/%2e%2e/static/img/c.png", "img/c.png /static/%2e%2e/static/img/c.H.png"),
        (own, "../../../static/nope.png", "missing nope.png"),
        (own, "../../static/..", "external"),
        (own, "../..", "external"),
        (own, "../../", "external"),
        (own, "/static", "directory "),
        (own, "/static/./../x/../static/css/a.png", "css/a.png /static/./../x/../static/css/a.H.png"),
        (own, "x//../a.png", "missing css/x/a.png"),
        (own, "//h/static/css/a.png", "external"),
        (own, "https://h/static/css/a.png", "external"),
        (own, "https:a.png", "external"),
        (own, "/\t/static/css/a.png", "external"),
        ("/", "../../../img/c.png", "img/c.png ../../../img/c.H.png"),
        (cdn, "../../s/img/c.png", "img/c.png ../../s/img/c.H.png"),
        (cdn, "/s/img/c.png", "img/c.png /s/img/c.H.png"),
        (cdn, "//cdn.test/s/img/c.png", "img/c.png //cdn.test/s/img/c.H.png"),
        (cdn, "///cdn.test/s/img/c.png", "img/c.png ///cdn.test/s/img/c.H.png"),
        (cdn, "HTTPS://CDN.test:443/s/img/c.png", "img/c.png HTTPS://CDN.test:443/s/img/c.H.png"),
        (cdn, "ht\ntps://cdn.test/x/../s/img/c.png", "img/c.png ht\ntps://cdn.test/x/../s/img/c.H.png"),
        (cdn, "https:\\\\cdn.test\\s\\img\\c.png", "img/c.png https:\\\\cdn.test\\s\\img\\c.H.png"),
        (cdn, "https:a.png", "css/a.png https:a.H.png"),
        (cdn, "https:/s/img/c.png", "img/c.png https:/s/img/c.H.png"),
        (cdn, "http://cdn.test/s/img/c.png", "external"),
        (cdn, "https://cdn.test.evil/s/img/c.png", "external"),
        (cdn, "https://cdn.test", "external"),
        (cdn, "https://cdn.test?s/img/c.png", "external"),
        (cdn, "https://u@cdn.test/s/img/c.png", "external"),
        (cdn, "https://cdn.test/s/../x.png", "outside"),
        ("//cdn.test/s/", "https://cdn.test/s/img/c.png", "img/c.png https://cdn.test/s/img/c.H.png"),
        (own, "%FF.png", "missing css/\u{fffd}.png"),
        (own, "%FE.gif", "missing css/\u{fffd}.gif"), // not the file of that name
        (own, "\u{fffd}.gif", "css/\u{fffd}.gif \u{fffd}.H.gif"),
        (
            own,
            "x%AA\u{8208}%E2%82/../a.png?q",
            "css/a.png x%AA\u{8208}%E2%82/../a.H.png?q",
        ),
    ] {
        let space = UrlSpace {
            catalog: &catalog,
            static_url,
            uses: &NO_USES,
        };
        let got = match resolve(space, Base::Directory(from.directory()), url) {
            Target::Asset {
                id,
                path,
                digest_at,
            } => {
                assert!(path.contains(&(digest_at - 1)), "{url}");
                format!(
                    "{} {}.H{}",
                    catalog.name(id),
                    &url[..digest_at],
                    &url[digest_at..]
                )
            }
            Target::External => "external".into(),
            Target::Directory(name) => format!("directory {name}"),
            Target::Uncertain(_) => "uncertain".into(),
            Target::Missing(name) => format!("missing {name}"),
            Target::Outside => "outside".into(),
        };
        assert_eq!(got, expected, "{url}");
    }
}
