//! What holds for every page, whatever is on it.

use crate::chromium::Tab;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use std::{env, fs, path::Path};
use thirtyfour::Key;

/// The variable with the path of `axe.min.js` of the npm package `axe-core`.
pub const AXE: &str = "TEST_AXE";

/// The variable with a directory for screenshots. Without it there are none.
const SCREENSHOTS: &str = "TEST_SCREENSHOTS";

/// The most bytes that a page may have with all that belongs to it.
const MAX_BYTES: u64 = 50_000;

/// Looks at the page at the width of a phone and of a desktop, light and dark.
pub async fn check(tab: &Tab, name: &str) {
    for width in [375, 1280] {
        for scheme in ["light", "dark"] {
            tab.shows_in(width, scheme).await;
            let view = format!("{name}, {width} pixels, {scheme}");
            fits(tab, width, &view).await;
            is_accessible(tab, &view).await;
            save(tab, &format!("{name}-{width}-{scheme}")).await;
        }
    }
    tab.shows_in(1280, "light").await;
    is_small(tab, name).await;
    takes_the_keyboard(tab, name).await;
}

/// Nothing is cut off or has to be scrolled to from side to side.
async fn fits(tab: &Tab, width: u32, view: &str) {
    let wide = tab.evaluate("return document.documentElement.scrollWidth", Vec::new()).await;
    assert!(wide.as_u64().unwrap() <= u64::from(width), "{view} is {wide} pixels wide");
}

/// axe-core finds nothing.
async fn is_accessible(tab: &Tab, view: &str) {
    let axe = fs::read_to_string(env::var(AXE).unwrap()).unwrap();
    let run = "const done = arguments[arguments.length - 1];
        axe.run({resultTypes: ['violations']}).then(
            (found) => done(found.violations.map((it) => it.id + ': ' +
                it.nodes.map((node) => node.html + ' ' + node.failureSummary).join('; '))),
            (error) => done([String(error)]));";
    let found = tab.evaluate_async(&format!("{axe}\n{run}"), Vec::new()).await;
    assert_eq!(found, json!([]), "{view}");
}

async fn save(tab: &Tab, name: &str) {
    let Ok(directory) = env::var(SCREENSHOTS) else { return };
    fs::create_dir_all(&directory).unwrap();
    let png = BASE64_STANDARD.decode(tab.screenshot().await).unwrap();
    fs::write(Path::new(&directory).join(format!("{name}.png")), png).unwrap();
}

/// The page is small, and all of it comes from the app itself or from Kratos.
async fn is_small(tab: &Tab, name: &str) {
    let script = "const entries = [...performance.getEntriesByType('navigation'),
            ...performance.getEntriesByType('resource')];
        return entries.map((it) => [it.name, it.decodedBodySize])";
    let loaded = tab.evaluate(script, Vec::new()).await;
    let loaded: Vec<(String, u64)> = serde_json::from_value(loaded).unwrap();
    let bytes: u64 = loaded.iter().map(|(_, bytes)| bytes).sum();
    assert!((1_000..MAX_BYTES).contains(&bytes), "{name}: {bytes} bytes: {loaded:?}");
    let host = tab.url().await.host_str().map(str::to_owned);
    for (url, _) in &loaded {
        let it = url::Url::parse(url).unwrap();
        assert!(it.host_str() == host.as_deref() || it.scheme() == "data", "{name} loads {url}");
    }
}

/// Everything that can be used is reached by the Tab key in the order of the page, and is seen to have
/// the focus.
async fn takes_the_keyboard(tab: &Tab, name: &str) {
    let script = "window.all = [...document.querySelectorAll(
            'a[href], button, input:not([type=hidden]), select, textarea, [tabindex=\"0\"]')]
            .filter((it) => !it.disabled);
        // The focus goes on from the beginning of the page, wherever it was before.
        const start = document.createElement('span');
        start.tabIndex = -1;
        document.body.prepend(start);
        start.focus();
        start.remove();
        return window.all.length";
    let count = tab.evaluate(script, Vec::new()).await.as_u64().unwrap();
    for number in 0..count {
        tab.types(Key::Tab).await;
        let script = "const it = document.activeElement, style = getComputedStyle(it);
            return [window.all.indexOf(it), it.outerHTML.slice(0, 200),
                style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2]";
        let focus = tab.evaluate(script, Vec::new()).await;
        let Value::Array(focus) = focus else { panic!("{focus}") };
        assert_eq!(focus[0], number, "{name}: {}", focus[1]);
        assert_eq!(focus[2], true, "{name}: no visible focus on {}", focus[1]);
    }
}
